"""What of a list that is wanted makes another statement; the rest of it are values, which a statement is used with."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from domain.kernel.entity import EntityDescription
from domain.kernel.selection import Listing, Order, Page, Related, Selection, Wanted
from graphql_api.persistence.holes import Hole, SizeHole
from graphql_api.persistence.positions import PositionShape, put_position, take_position
from graphql_api.persistence.shapes import Dissection, Shape, put_together


class PageShape(NamedTuple):
    """What of a page makes another statement."""

    after: PositionShape | None
    before: PositionShape | None
    backward: bool
    most: int | None


class ListShape(NamedTuple):
    """What of a list that is wanted makes another statement."""

    fields: tuple[Wanted, ...]
    related: tuple[str, ...]
    order: Order
    where: Shape
    page: PageShape | None
    counted: bool
    surroundings: bool
    placed: bool

    @classmethod
    def of_things(cls, fields: tuple[Wanted, ...], related: tuple[str, ...]) -> Self:
        """Give the shape of things that are asked for by their identities: all there are, in no order."""
        return cls(fields, related, (), (), None, counted=False, surroundings=False, placed=True)

    def listing(self, holes: Iterator[Hole]) -> Listing:
        """Make a list of this shape, with holes in the order in which values were taken out."""
        where = put_together(self.where, holes)
        page = None
        if self.page is not None:
            after, before = put_position(self.page.after, holes), put_position(self.page.before, holes)
            size: Any = SizeHole(next(holes).place, self.page.most)
            page = Page(size, after, before, self.page.backward)
        related = tuple([Related(name, name, Listing()) for name in self.related])
        selection = Selection(self.fields, related)
        return Listing(selection, where, self.order, page, self.counted, self.surroundings, self.placed)


class ListShapes:
    """Takes lists apart."""

    def __init__(self, dissection: Dissection, *, by_size: bool) -> None:
        """Take whether the database plans by the sizes of pages."""
        self._dissection = dissection
        self._by_size = by_size

    def of(self, listing: Listing, entity: EntityDescription, values: list[Any]) -> ListShape:
        """Give the shape of a list, and append what was taken out to the values."""
        where = self._dissection.take_apart(listing.where, entity, values)
        page = listing.page
        return ListShape(
            listing.selection.fields,
            followed(listing.selection),
            listing.order,
            where,
            None if page is None else self._page(page, listing.order, entity, values),
            listing.count,
            listing.surroundings,
            listing.placed,
        )

    def _page(self, page: Page, order: Order, entity: EntityDescription, values: list[Any]) -> PageShape:
        kind_of = self._dissection.kind_of
        after = take_position(page.after, order, entity, kind_of, values)
        before = take_position(page.before, order, entity, kind_of, values)
        values.append(page.size + 1)
        return PageShape(after, before, page.backward, at_most(page.size) if self._by_size else None)


def at_most(size: int) -> int:
    """Round the size of a page up, to a power of two: pages of few different sizes are planned for."""
    return 1 << (size - 1).bit_length()


def followed(selection: Selection) -> tuple[str, ...]:
    """Name the relations that lead on from what is selected, to things or to what is measured of them."""
    return (*[one.relation for one in selection.related], *[one.relation for one in selection.measured])
