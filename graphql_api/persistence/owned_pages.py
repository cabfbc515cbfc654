"""The SELECT of a page for each of several owners, in one statement."""

from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    column,
    func,
    select,
    true,
)

from domain.kernel import keyset
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, Order, Page
from domain.kernel.specification import and_, leads_elsewhere
from graphql_api.persistence.composite_keys import parts_of
from graphql_api.persistence.indexes import leading_columns
from graphql_api.persistence.keys import LinkOf, keyed
from graphql_api.persistence.membership import Values, among, listed
from graphql_api.persistence.specification import policy
from graphql_api.persistence.statements import OWNER, TOTAL, ListStatements, is_bounded, limited, one_more, sorted_by

PLACE: Final = str(LinkOf(""))
"""Where a row stands in the page of its owner, from 1 on, for those that are read together with it."""
_PLACE: Final = ".place"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedPageStatements(ListStatements):
    """Builds the statements that read pages of the rows of owners. An owner's rows come together, in their order."""

    has_lateral: bool
    """Whether the database reads a page for each owner as if that was alone."""

    @classmethod
    def of(cls, statements: ListStatements, *, has_lateral: bool) -> Self:
        """Prepare to read the pages of owners."""
        return cls(statements.tables, statements.entity, statements.viewer, statements.links, has_lateral=has_lateral)

    def pages(self, relation: ToMany, owners: Values, listing: Listing, page: Page) -> Select[Any]:
        """Select a page for each owner."""
        one_by_one = self.has_lateral and self._has_all_in_an_index(relation, listing)
        return (self._one_by_one if one_by_one else self._numbered)(relation, owners, listing, page)

    def _has_all_in_an_index(self, relation: ToMany, listing: Listing) -> bool:
        """Tell whether an index leads from an owner to its rows, and these tell all that is asked.

        Otherwise PostgreSQL might look through a whole table for each owner, and not once for all.
        """
        owner, _ = self._owned(relation)
        asked = and_(listing.where, policy(self.entity, self.tables, self.viewer))
        return relation.through is None and not leads_elsewhere(asked) and _leads_an_index(owner)

    def _one_by_one(self, relation: ToMany, owners: Values, listing: Listing, page: Page) -> Select[Any]:
        """Begin at the owners, and stop reading the rows of each where its page ends."""
        owner, rows = self._owned(relation)
        given = (
            func.unnest(listed(owners, owner.type))
            .table_valued(column("id", owner.type), with_ordinality="place")
            .render_derived()
        )
        own = [owner == given.c.id, *self._conditions(listing)]
        counted = listing.count and not is_bounded(page)
        total = select(func.count()).select_from(rows).where(*own).correlate(given).scalar_subquery().label(TOTAL)
        wanted = self._rows(listing.selection, listing.order, listing.placed).add_columns(*[total] if counted else [])
        in_order = (
            wanted.select_from(rows)
            .where(*own, *self._window(listing.order, page))
            .order_by(*self.order_by(_running(listing.order, page)))
            .correlate(given)
        )
        # PostgreSQL reads what is lateral in a loop over the owners, which keeps the order of both, so that to sort by
        # the rows' keys once more would only cost.
        places = [func.row_number().over(partition_by=given.c.place).label(PLACE)] if self.links else []
        found = limited(in_order, page).lateral()
        pages = select(*found.c, keyed(given.c.id).label(OWNER), *places).select_from(given).join(found, true())
        return pages.order_by(given.c.place)

    def _numbered(self, relation: ToMany, owners: Values, listing: Listing, page: Page) -> Select[Any]:
        """Give the rows of each owner numbers."""
        owner, rows = self._owned(relation)
        order = _running(listing.order, page)
        place = func.row_number().over(partition_by=owner, order_by=self.order_by(order))
        # The rows of an owner are all read to be numbered, unless positions leave some of them out.
        counted = listing.count and not is_bounded(page)
        totals = [func.count().over(partition_by=owner).label(TOTAL)] if counted else []
        wanted = self._rows(listing.selection, listing.order, listing.placed).add_columns(owner.label(OWNER), *totals)
        keys = self._sorted_again(order)
        numbered = (
            wanted.add_columns(place.label(_PLACE), *keys)
            .select_from(rows)
            .where(among(owner, owners), *self._conditions(listing), *self._window(listing.order, page))
            .subquery()
        )
        within = [
            sorted_by(numbered.c[column.name], key, self._is_nullable(key.field))
            for column, key in zip(keys, order, strict=False)  # there are none of some orders
        ]
        owner_key = keyed(numbered.c[OWNER]).label(OWNER)
        told = (column.name for column in wanted.selected_columns if column.name != OWNER)
        places = [numbered.c[_PLACE].label(PLACE)] if self.links else []
        return (
            select(owner_key, *(numbered.c[name] for name in told), *places)
            .where(numbered.c[_PLACE] <= one_more(page))
            .order_by(numbered.c[OWNER], *(within or [numbered.c[_PLACE]]))
        )

    def _sorted_again(self, order: Order) -> list[Label[Any]]:
        """Name what rows are sorted by to be numbered: by that they are sorted already, unlike by their numbers."""
        if not all(isinstance(key.field, str) and not parts_of(self._operand(key.field)) for key in order):
            return []  # A subquery for each row would run twice, and several columns have no name together.
        return [self._operand(key.field).label(f".key{place}") for place, key in enumerate(order)]


def _running(order: Order, page: Page) -> Order:
    return keyset.reversed_order(order) if page.backward else order


def _leads_an_index(owner: ColumnElement[Any]) -> bool:
    """Tell whether an index is known that finds the rows of an owner; of other people's tables, none is."""
    return any(one is owner for one in leading_columns(getattr(owner, "table", None)))
