"""Arguments as messages to the query bus: translated once for all requests where no variable takes part."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from graphql import ArgumentNode, FieldNode, SelectionNode, VariableNode, get_argument_values

from graphql_api.context import RequestContext
from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import coerced, mentions_variables
from graphql_api.schema.selection import SelectionTranslator

T = TypeVar("T")

MOST_KEPT: Final = 64


class Translation(Generic[T]):
    """What a field asks for, as its arguments and everything selected below it say."""

    def __init__(self, spot: Spot, translate: Callable[[SelectionTranslator], T], *, below: bool = False) -> None:
        """Start; a translation of what stands `below` the field does not look at the field's own arguments."""
        self._spot = spot
        self._translate = translate
        self._varies = mentions_variables(_below(spot) if below else spot.nodes, spot.selected.fragments)
        self._known: dict[frozenset[str], T] = {}

    def of(self, context: RequestContext, variables: Mapping[str, Any]) -> T:
        """Translate for a request. Raises BadInput."""
        if self._varies:
            return self._translated(context, variables)
        # What may be said of a field depends on the roles of who asks, and on nothing else of a request.
        roles = context.viewer.roles
        known = self._known.get(roles)
        if known is None:
            known = self._translated(context, variables)
            if len(self._known) < MOST_KEPT:
                self._known[roles] = known
        return known

    def _translated(self, context: RequestContext, variables: Mapping[str, Any]) -> T:
        selected = self._spot.selected
        return self._translate(SelectionTranslator(selected.schema, selected.fragments, coerced(variables), context))


def _below(spot: Spot) -> list[SelectionNode]:
    return [one for node in spot.nodes if node.selection_set for one in node.selection_set.selections]


def argument_reader(spot: Spot, name: str) -> Callable[[Mapping[str, Any]], Any]:
    """Make a function that reads a required argument of a field."""
    node = spot.nodes[0]
    given = _written(node, name)
    if isinstance(given.value, VariableNode):
        variable = given.value.name.value
        return lambda variables: variables[variable]
    value = get_argument_values(spot.kind.fields[node.name.value], node, spot.selected.variables)[name]
    return lambda _variables: value


def _written(node: FieldNode, name: str) -> ArgumentNode:
    return next(one for one in node.arguments or () if one.name.value == name)
