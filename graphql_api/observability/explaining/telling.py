"""Messages as indented text, a line for each thing that they say, without what may be secret."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, Final

import orjson

from domain.kernel.aggregation import Aggregation
from domain.kernel.selection import Direction, Listing, Order, Page, Related, RelatedMeasures, Selection
from domain.kernel.specification import EVERYTHING
from graphql_api.observability.explaining.drawing import LONGEST_TEXT, drawn
from graphql_api.observability.explaining.form import Message
from graphql_api.observability.explaining.presenting import shortened
from graphql_api.observability.redaction import redact
from graphql_api.settings.redaction import MASK, names_secret

_INDENT: Final = "  "
_LONGEST_MESSAGE: Final = 10_000


def told(message: Any) -> Message:
    """Tell a message."""
    name = type(message).__name__
    text = "\n".join([name, *(f"{_INDENT}{line}" for line in _members(message))])
    return {"name": name, "text": shortened(text, _LONGEST_MESSAGE)}


def _members(message: Any) -> Iterator[str]:
    for field in fields(message):
        yield from _member(field.name, getattr(message, field.name))


def _member(name: str, value: Any) -> Iterator[str]:
    match value:
        case Listing():
            yield from _listing(value)
        case Selection():
            yield from _selection(value)
        case Aggregation():
            yield from _aggregation(value)
        case _:
            shown = MASK if names_secret(name) else redact(value)
            yield f"{name} {orjson.dumps(shown).decode()}"


def _listing(listing: Listing) -> Iterator[str]:
    yield f"where {shortened(drawn(listing.where).text, LONGEST_TEXT)}"
    yield from _order(listing.order)
    if listing.page is not None:
        yield _page(listing.page)
    if listing.count:
        yield "total"
    yield from _selection(listing.selection)


def _selection(selection: Selection) -> Iterator[str]:
    if selection.fields:
        yield f"fields {', '.join(selection.names)}"
    parts: tuple[Related | RelatedMeasures, ...] = (*selection.related, *selection.measured)
    for part in parts:
        yield part.relation
        yield from (f"{_INDENT}{line}" for line in _part(part))


def _part(part: Related | RelatedMeasures) -> Iterator[str]:
    match part:
        case RelatedMeasures():
            yield from _measured(part.measures)
        case Related(_, _, Listing(page=None, count=False)):
            yield from _selection(part.listing.selection)
        case Related():
            yield from _listing(part.listing)


def _aggregation(aggregation: Aggregation) -> Iterator[str]:
    yield f"where {shortened(drawn(aggregation.where).text, LONGEST_TEXT)}"
    if aggregation.keys:
        yield f"by {', '.join(map(str, aggregation.keys))}"
    yield from _measured(aggregation.measures)
    if aggregation.having != EVERYTHING:
        yield f"having {shortened(drawn(aggregation.having).text, LONGEST_TEXT)}"
    yield from _order(aggregation.order)
    if aggregation.limit is not None:
        yield f"limit {aggregation.limit}"


def _measured(measures: Sequence[Any]) -> Iterator[str]:
    yield f"measures {', '.join(map(str, measures))}"


def _order(order: Order) -> Iterator[str]:
    if order:
        directions = {Direction.ASCENDING: "", Direction.DESCENDING: " descending"}
        yield f"order {', '.join(f'{key.field}{directions[key.direction]}' for key in order)}"


def _page(page: Page) -> str:
    bounds = (("after", page.after), ("before", page.before))
    given = (f" {side} {orjson.dumps(redact(place)).decode()}" for side, place in bounds if place is not None)
    return f"page {'last' if page.backward else 'first'} {page.size}{''.join(given)}"
