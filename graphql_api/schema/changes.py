"""What changed between two schemas, by what it means for those who use the old one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationType,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.utilities import SafeChangeType, find_schema_changes

_Element: TypeAlias = GraphQLField | GraphQLArgument | GraphQLEnumValue | GraphQLInputField


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
    found = [
        *(Change(_effect(one), one.description) for one in told),
        # What the library does not look at.
        *_changes_of_operations(old, new),
        *_changes_of_types(old, new),
        *_changes_of_elements(old, new),
    ]
    for effect in Effect:
        yield from (one for one in found if one.effect is effect)


def _effect(change: object) -> Effect:
    match change:
        case BreakingChange():
            return Effect.BREAKING
        case DangerousChange():
            return Effect.DANGEROUS
        case _:
            return Effect.SAFE


def _changes_of_operations(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for operation in OperationType:
        before, after = old.get_root_type(operation), new.get_root_type(operation)
        if before is not None and after is None and before.name in new.type_map:
            yield Change(Effect.BREAKING, f"The schema has no {operation.value} any more.")
        elif before is not None and after is not None and before.name != after.name:
            yield Change(Effect.BREAKING, f"The {operation.value} type is {after.name}, and was {before.name}.")


def _changes_of_types(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for name in old.type_map.keys() & new.type_map.keys():
        match old.type_map[name], new.type_map[name]:
            case GraphQLInputObjectType(is_one_of=before), GraphQLInputObjectType(is_one_of=after) if before != after:
                if after:
                    yield Change(Effect.BREAKING, f"{name} takes exactly one of its fields now.")
                else:
                    yield Change(Effect.SAFE, f"{name} takes any of its fields now.")
            case GraphQLScalarType(specified_by_url=before), GraphQLScalarType(specified_by_url=after):
                if before != after:
                    yield Change(Effect.DANGEROUS, f"{name} is specified by {after or 'nothing'}, and was by {before}.")


def _changes_of_elements(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    elements = dict(_elements(new))
    for place, before in _elements(old):
        after = elements.get(place)
        if after is None:
            continue
        if before.deprecation_reason != after.deprecation_reason:
            yield Change(Effect.SAFE, _deprecation(place, before.deprecation_reason, after.deprecation_reason))
        if _is_required(after) and _had_a_default(before):
            yield Change(Effect.BREAKING, f"{place} has no default any more, and is required.")


def _elements(schema: GraphQLSchema) -> Iterator[tuple[str, _Element]]:
    """Yield whatever can be deprecated, by its coordinates."""
    for name, kind in schema.type_map.items():
        match kind:
            case GraphQLObjectType(fields=fields) | GraphQLInterfaceType(fields=fields):
                for field, one in fields.items():
                    yield f"{name}.{field}", one
                    yield from ((f"{name}.{field}({argument}:)", taken) for argument, taken in one.args.items())
            case GraphQLInputObjectType(fields=inputs):
                yield from ((f"{name}.{field}", taken) for field, taken in inputs.items())
            case GraphQLEnumType(values=values):
                yield from ((f"{name}.{value}", one) for value, one in values.items())
    for directive in schema.directives:
        yield from ((f"@{directive.name}({argument}:)", taken) for argument, taken in directive.args.items())


def _is_required(element: _Element) -> bool:
    match element:
        case GraphQLArgument():
            return is_required_argument(element)
        case GraphQLInputField():
            return is_required_input_field(element)
        case _:
            return False


def _had_a_default(element: _Element) -> bool:
    match element:
        case GraphQLArgument() | GraphQLInputField():
            return is_non_null_type(element.type) and not _is_required(element)
        case _:
            return False


def _deprecation(place: str, before: str | None, after: str | None) -> str:
    if after is None:
        return f"{place} is not deprecated any more."
    return (
        f"{place} was deprecated: {after}" if before is None else f"{place} is deprecated for another reason: {after}"
    )
