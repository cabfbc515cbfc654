"""Arguments as messages to the query bus: translated once for all requests where no variable takes part."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from graphql import SelectionNode

from domain.kernel.selection import Listing
from graphql_api.context import RequestContext
from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import coerced, is_variable, mentions_variables
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.plans.arguments import arguments_reader
from graphql_api.schema.selection import SelectionTranslator, ordered, windowed

T = TypeVar("T")

MOST_KEPT: Final = 64


class Translation(Generic[T]):
    """What a field asks for, as its arguments and everything selected below it say."""

    def __init__(
        self, spot: Spot, translate: Callable[[SelectionTranslator], T], *, varies: bool | None = None
    ) -> None:
        """Start; what is translated `varies` where variables take part in anything of the field, unless it is said."""
        self._spot = spot
        self._translate = translate
        self.varies = mentions_variables(spot.nodes, spot.selected.fragments) if varies is None else varies
        self._known: dict[frozenset[str], T] = {}

    def of(self, context: RequestContext, variables: Mapping[str, Any]) -> T:
        """Translate for a request. Raises BadInput."""
        if self.varies:
            return self._translate(translator(self._spot, context, variables))
        # What may be said of a field depends on the roles of who asks, and on nothing else of a request.
        roles = context.viewer.roles
        known = self._known.get(roles)
        if known is None:
            known = self._translate(translator(self._spot, context, variables))
            if len(self._known) < MOST_KEPT:
                self._known[roles] = known
        return known


class ListingTranslation:
    """A list as a field asks for it: what is selected of it, and the window that its arguments open on it."""

    def __init__(self, spot: Spot, exposure: Exposure) -> None:
        self._exposure = exposure
        self._whole = Translation(spot, lambda one: one.listing(exposure, spot.kind, spot.nodes, ()))
        self._frame = Translation(
            spot, lambda one: one.frame(exposure, spot.kind, spot.nodes, ()), varies=varies_below(spot)
        )
        self._arguments = read = arguments_reader(spot)
        self._order = Translation(
            spot,
            lambda one: ordered(exposure, read(one.variables.coerced), one.context, ()),
            varies=_varies(spot, "orderBy"),
        )

    def of(self, context: RequestContext, variables: Mapping[str, Any]) -> Listing:
        """Translate for a request. Raises BadInput."""
        if not self._whole.varies:
            return self._whole.of(context, variables)
        frame = self._frame.of(context, variables)
        order = None if self._order.varies else self._order.of(context, variables)
        return windowed(frame, self._exposure, self._arguments(variables), context, (), order=order)


def translator(spot: Spot, context: RequestContext, variables: Mapping[str, Any]) -> SelectionTranslator:
    """Make what translates the selections of one request."""
    return SelectionTranslator(spot.selected.schema, spot.selected.fragments, coerced(variables), context, writes=True)


def varies_below(spot: Spot) -> bool:
    """Tell whether variables take part in what is selected of a field."""
    below: list[SelectionNode] = [
        one for node in spot.nodes if node.selection_set for one in node.selection_set.selections
    ]
    return mentions_variables(below, spot.selected.fragments)


def _varies(spot: Spot, argument: str) -> bool:
    return any(is_variable(one.value) for one in spot.nodes[0].arguments or () if one.name.value == argument)
