"""What a field costs, by the shape of its type and of the type that it belongs to."""

from collections.abc import Mapping
from typing import Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from graphql_api.execution.cost.amount import NOTHING, Amount
from graphql_api.execution.cost.arguments import InputWeights, PageSizes
from graphql_api.execution.cost.deferred import Deferred, lift
from graphql_api.execution.cost.weights import COUNT, MUTATION, STATEMENT, VALUE

_CONNECTION: Final = frozenset({"edges", "pageInfo"})
_TOTAL: Final = "totalCount"
_MEASURE, _IDENTITY = "count", "id"

# Introspection has limits of its own, and reads nothing.
META_FIELDS: Final[Mapping[str, Amount]] = {"__typename": Amount(each=VALUE), "__schema": NOTHING, "__type": NOTHING}


class Tariff:
    """Knows a connection by its `edges` and `pageInfo`, and what measures things by its `count`.

    Whatever else has a selection is read by its own statement.
    """

    def __init__(self, schema: GraphQLSchema, pages: PageSizes) -> None:
        self._roots = {
            schema.query_type: STATEMENT,
            schema.mutation_type: MUTATION,
            schema.subscription_type: STATEMENT,
        }
        self._pages = pages
        self._inputs = InputWeights(schema)
        self._connections = {kind for kind in schema.type_map.values() if fields_of(kind).keys() >= _CONNECTION}
        self._edges = {get_named_type(fields_of(kind)["edges"].type) for kind in self._connections}
        self._measures = _with_parts({kind for kind in schema.type_map.values() if _measures_things(kind)})

    def field(
        self, kind: GraphQLNamedType, field: GraphQLField, node: FieldNode, selected: Deferred[Amount]
    ) -> Deferred[Amount]:
        """Price a field of a type, given the price of what is selected of it."""
        if _is_list_of_things(field):
            selected = lift(_of_rows, selected)
            if kind in self._connections:
                return selected
        own = self._own(kind, field, node.name.value)
        return lift(_of_field, own, self._inputs.of(field, node), self._pages.of(field, node), selected)

    def _own(self, kind: GraphQLNamedType, field: GraphQLField, name: str) -> Amount:
        """Give what a field costs without its arguments and its selection."""
        if kind in self._measures:
            return Amount(0, VALUE)
        is_counted = get_named_type(field.type) in self._measures or (kind in self._connections and name == _TOTAL)
        if kind in self._roots:
            return Amount(self._roots[kind], COUNT if is_counted else VALUE)
        if is_counted:
            return Amount(STATEMENT, COUNT)
        is_read_along = kind in self._connections or kind in self._edges
        return Amount(STATEMENT if _is_thing(field) and not is_read_along else 0, VALUE)


def _measures_things(kind: GraphQLNamedType) -> bool:
    return _MEASURE in fields_of(kind) and _IDENTITY not in fields_of(kind)


def _with_parts(kinds: set[GraphQLNamedType]) -> set[GraphQLNamedType]:
    """Add what the types consist of."""
    found, waiting = set(kinds), list(kinds)
    while waiting:
        parts = {get_named_type(field.type) for field in fields_of(waiting.pop()).values() if _is_thing(field)} - found
        found |= parts
        waiting.extend(parts)
    return found


def _of_rows(selected: Amount) -> Amount:
    return Amount(selected.once, row=VALUE + selected.each + selected.row)


def _of_field(own: Amount, inputs: int, size: int, selected: Amount) -> Amount:
    """Put a field together; a selection without rows costs the same whatever the size of the page."""
    return Amount(own.once + inputs + selected.once, own.each + selected.each + size * selected.row)


def fields_of(kind: GraphQLNamedType) -> dict[str, GraphQLField]:
    """Give the fields of a type; a union has none."""
    return kind.fields if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else {}


def _is_thing(field: GraphQLField) -> bool:
    return is_composite_type(get_named_type(field.type))


def _is_list_of_things(field: GraphQLField) -> bool:
    return is_list_type(get_nullable_type(field.type)) and _is_thing(field)
