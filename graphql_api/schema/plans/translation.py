"""What root fields ask for, as messages to the query bus."""

from collections.abc import Callable
from typing import TypeVar

from domain.kernel.selection import Listing, Selection
from graphql_api.context import RequestContext
from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import SelectedFields, coerced, mentions_variables
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.outlines import Translation, Variables
from graphql_api.schema.selection import Outlines

T = TypeVar("T")


def selection_translation(spot: Spot, exposure: Exposure) -> Translation[Selection]:
    """Make what translates the selection of a thing."""
    return _outlines(spot).selection(exposure, spot.nodes, ()).translation()


def listing_translation(spot: Spot, exposure: Exposure) -> Translation[Listing]:
    """Make what translates a list, with its arguments."""
    return _outlines(spot).listing(exposure, spot.kind, spot.nodes, ()).translation()


def other_translation(spot: Spot, translate: Callable[[RequestContext, SelectedFields], T]) -> Translation[T]:
    """Make what translates a field in a way of its own, which is given the variables with what is selected."""
    schema, fragments = spot.selected.schema, spot.selected.fragments

    def translated(context: RequestContext, variables: Variables) -> T:
        return translate(context, SelectedFields(schema, fragments, coerced(variables)))

    return Translation(translated, varies=mentions_variables(spot.nodes, fragments))


def _outlines(spot: Spot) -> Outlines:
    return Outlines(spot.selected.schema, spot.selected.fragments, spot.selected.variables, planned=True)
