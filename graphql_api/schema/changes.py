"""What changed between two schemas, by what it means for those who use the old one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from graphql import BreakingChange, DangerousChange, GraphQLSchema
from graphql.utilities import SafeChangeType, find_schema_changes


class Effect(StrEnum):
    """What a change means for clients, the worst first."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


class Change(NamedTuple):
    """One change."""

    effect: Effect
    description: str


def changes(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    """Yield every change, the worst first. Descriptions are left out: they change nothing."""
    told = (one for one in find_schema_changes(old, new) if one.type is not SafeChangeType.DESCRIPTION_CHANGED)
    found = [(_effect(one), one) for one in told]
    for effect in Effect:
        yield from (Change(effect, one.description) for kind, one in found if kind is effect)


def _effect(change: object) -> Effect:
    match change:
        case BreakingChange():
            return Effect.BREAKING
        case DangerousChange():
            return Effect.DANGEROUS
        case _:
            return Effect.SAFE
