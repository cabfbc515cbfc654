"""Pages made of the rows that were read for them, of which there is one more where the list goes on."""

from dataclasses import dataclass
from typing import Final, Self

from domain.kernel.records import Records, Row, Slice
from domain.kernel.selection import Listing, Page
from graphql_api.persistence.statements import AFTER, BEFORE, TOTAL

NO_ROWS: Final[Row] = {TOTAL: 0, BEFORE: False, AFTER: False}
"""What is told beside the page of a list that has no rows."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Whether the list goes on beyond the positions that bound a page."""

    before: bool = False
    after: bool = False

    @classmethod
    def told(cls, around: Row, listing: Listing) -> Self:
        """Take it from what is told of a list beside its page."""
        page = listing.page
        if page is None or not listing.surroundings:
            return cls()
        after, before = page.after is not None, page.before is not None
        return cls(before=after and bool(around[BEFORE]), after=before and bool(around[AFTER]))


def cut(rows: list[Row], page: Page | None) -> list[Row]:
    """Cut off the one row too many, and put what was read from the end in order."""
    # The same list, since the event loop holds what a task has just waited for until that waits again.
    if page is not None:
        del rows[page.size :]
        if page.backward:
            rows.reverse()
    return rows


def sliced(records: Records, read: int, listing: Listing, total: int | None, beyond: Beyond) -> Slice:
    """Say what the one row too many told."""
    page = listing.page
    if page is None:
        return Slice(records, listing.order, total=total)
    more = read > page.size
    return Slice(
        records=records,
        order=listing.order,
        has_next=beyond.after or (more and not page.backward),
        has_previous=beyond.before or (more and page.backward),
        total=total,
    )
