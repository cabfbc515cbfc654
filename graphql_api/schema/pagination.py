"""Pages: Relay connections over slices, and the translation of their arguments.

See the GraphQL Cursor Connections Specification.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry

from domain.kernel.records import Record, Slice
from domain.kernel.selection import Order, Page, Position
from graphql_api.context import RequestContext
from graphql_api.observability.limits import PAGE_SIZE
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.cursors import MalformedCursor, decode_cursor, encode_cursor
from graphql_api.schema.exposure import Exposure, entity_named

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = strawberry.field(description="Whether something comes after this page.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first thing, for `before`.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last thing, for `after`.")


@strawberry.type(description="One thing of a page, with its place.")
class Edge(Generic[T]):
    """One thing of a page, with its place."""

    cursor: str = strawberry.field(description="Its place in the list, for `after` and `before`.")
    node: T = strawberry.field(description="The thing itself.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = strawberry.field(description="The things of this page, each with its place.")
    nodes: list[T] = strawberry.field(description="The things of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many things the whole list has.")


@dataclass(frozen=True, slots=True)
class EdgeView:
    """What an Edge shows of a record."""

    node: Record
    part: Slice
    cursor_key: bytes

    @property
    def cursor(self) -> str:
        """The place of the record in the order of its slice."""
        entity = entity_named(self.node.entity)
        return encode_cursor(self.cursor_key, entity, self.part.order, self.part.position(self.node))


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """What a Connection shows of a slice."""

    part: Slice
    cursor_key: bytes

    @property
    def edges(self) -> list[EdgeView]:
        """Each record with its place."""
        return [EdgeView(record, self.part, self.cursor_key) for record in self.part.records]

    @property
    def nodes(self) -> Sequence[Record]:
        """The records."""
        return self.part.records

    @property
    def page_info(self) -> PageInfo:
        """What lies around the slice."""
        edges = self.edges
        return PageInfo(
            has_next_page=self.part.has_next,
            has_previous_page=self.part.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )

    @property
    def total_count(self) -> int | None:
        """The count, which is taken when it is asked for."""
        return self.part.total


PAGE_ARGUMENTS: Mapping[str, tuple[type, str]] = {
    "first": (int, "At most so many, from the start of the list or after `after`."),
    "after": (str, "Only what comes after this cursor."),
    "last": (int, "At most so many, from the end of the list or before `before`."),
    "before": (str, "Only what comes before this cursor."),
}


def translate_page(
    exposure: Exposure, order: Order, arguments: Mapping[str, Any], context: RequestContext, path: Path
) -> Page:
    """Translate the arguments of a page. Raises BadInput."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadInput((*path, "last"), "cannot be combined with first; page one way or the other")
    name, size = ("first", first) if last is None else ("last", last)
    largest = context.limits.max_page_size
    if size is None:
        size = context.limits.default_page_size
    if not 0 < size <= largest:
        limit = PAGE_SIZE if size > largest else None
        raise BadInput((*path, name), f"must be between 1 and {largest}, not {size}", limit)

    def position(name: str) -> Position | None:
        cursor = arguments.get(name)
        try:
            return None if cursor is None else decode_cursor(context.cursor_key, exposure.entity, order, cursor)
        except MalformedCursor as error:
            raise BadInput((*path, name), str(error)) from error

    return Page(size, after=position("after"), before=position("before"), backward=last is not None)
