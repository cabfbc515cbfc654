"""How long copies of answers last, as the schema shows it: the directive that clients and proxies know from Apollo."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema_directive import Location

from domain.kernel.entity import EntityDescription
from domain.kernel.keeping import KEPT, Keeping, Scope, strictest
from domain.kernel.messages import Query

Asked = Sequence[type[Query[Any]]]
"""The queries whose answers a field shows."""


@strawberry.enum(description="Who may share a copy of an answer.")
class CacheControlScope(Enum):
    """Who may share a copy of an answer."""

    PUBLIC = strawberry.enum_value("public", description="Everybody.")
    PRIVATE = strawberry.enum_value("private", description="Nobody: it is for the one who asked.")


NAME: Final = "cacheControl"
_ARGUMENTS: Final[Mapping[str, str]] = {
    "maxAge": "For how many seconds a copy may be used without asking.",
    "scope": "Who may use it; left out, nobody but the one who asked.",
}


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name=NAME,
    description="For how many seconds a copy of what the field shows may be used without asking whether it is still "
    "right, and by whom. Of several fields the strictest counts. A thing or a list without it has to be asked for each "
    "time; everything else lasts as long as what it belongs to.",
)
class CacheControl:
    """How long a copy of what a field shows may be used, and by whom."""

    max_age: int | None = strawberry.UNSET
    scope: CacheControlScope | None = strawberry.UNSET


def describe_arguments(schema: GraphQLSchema) -> None:
    """Say what the arguments of the directive mean, which Strawberry has no place for."""
    directive = schema.get_directive(NAME)
    for name, argument in directive.args.items() if directive else ():
        argument.description = _ARGUMENTS[name]


def declared(query: type[Query[Any]]) -> Keeping | None:
    """Give what a query declares of its answers; None where nobody is to keep them."""
    keeping: Keeping | None = getattr(query, "keeping", None)
    return keeping


def check_scope(entity: EntityDescription, asked: Asked) -> None:
    """Refuse to share answers between viewers who do not see the same. Raises TypeError."""
    if not entity.is_same_for_all and any(is_public(one) for one in asked):
        raise TypeError(f"Answers about {entity.name} cannot be public: not everybody sees the same of it.")


def is_public(query: type[Query[Any]]) -> bool:
    """Tell whether everybody may share answers to a query."""
    keeping = declared(query)
    return keeping is not None and keeping.scope is Scope.PUBLIC


def shown(asked: Asked) -> list[object]:
    """Show what the queries of a field declare, unless copies have to be asked for each time."""
    keeping = strictest(map(declared, asked))
    if keeping is None or (keeping.max_age, keeping.scope) == (KEPT.max_age, KEPT.scope):
        return []
    return [CacheControl(max_age=keeping.max_age, scope=CacheControlScope(keeping.scope.value))]
