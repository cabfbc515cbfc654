"""The statements that read rows of one entity, each made of what is wanted of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from sqlalchemy import BigInteger, Select, literal

from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, Page
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.owned_pages import OwnedPageStatements
from graphql_api.persistence.pages import PageStatements
from graphql_api.persistence.statements import ListStatements


@dataclass(frozen=True, slots=True)
class WantedRows:
    """What a statement is built for: a list with holes, and the identities that it is about, or a limit.

    These are a hole too, or what selects them.
    """

    statements: ListStatements
    listing: Listing
    given: Hole | Select[Any]
    relation: ToMany | None
    has_lateral: bool

    @property
    def page(self) -> Page:
        """The page that is wanted, where one is."""
        return cast(Page, self.listing.page)

    @property
    def owned(self) -> tuple[ToMany, Hole | Select[Any], Listing]:
        """The list with its owners and how they are related, where it has some."""
        return cast(ToMany, self.relation), self.given, self.listing


Build: TypeAlias = Callable[[WantedRows], Select[Any]]


def by_identity(wanted: WantedRows) -> Select[Any]:
    """Select rows by their identities, in no order."""
    return wanted.statements.by_identity(wanted.listing.selection, wanted.given)


def one_by_identity(wanted: WantedRows) -> Select[Any]:
    """Select a row by its identity."""
    return wanted.statements.one_by_identity(wanted.listing.selection, cast(Hole, wanted.given))


def stored(wanted: WantedRows) -> Select[Any]:
    """Select a row by its identity, whether or not it may be seen."""
    return wanted.statements.stored(wanted.listing.selection, cast(Hole, wanted.given))


def all_rows(wanted: WantedRows) -> Select[Any]:
    """Select all rows of a list, in order."""
    return wanted.statements.all(wanted.listing)


def first_rows(wanted: WantedRows) -> Select[Any]:
    """Select the first rows of a list, in order."""
    return wanted.statements.all(wanted.listing).limit(literal(cast(Hole, wanted.given), BigInteger()))


def page(wanted: WantedRows) -> Select[Any]:
    """Select the rows of a page and one more."""
    return PageStatements.of(wanted.statements, wanted.listing).page(wanted.listing, wanted.page)


def page_in_one_scan(wanted: WantedRows) -> Select[Any]:
    """Select the same together with how many there are of all."""
    return PageStatements.of(wanted.statements, wanted.listing).page_in_one_scan(wanted.listing, wanted.page)


def around(wanted: WantedRows) -> Select[Any]:
    """Select what is around a page alone."""
    return wanted.statements.around(wanted.listing)


def pages_of_owners(wanted: WantedRows) -> Select[Any]:
    """Select a page and one row more for each owner."""
    statements = OwnedPageStatements.of(wanted.statements, has_lateral=wanted.has_lateral)
    return statements.pages(*wanted.owned, wanted.page)


def totals_of_owners(wanted: WantedRows) -> Select[Any]:
    """Count the rows of each owner that has any."""
    return wanted.statements.totals_of_owners(*wanted.owned)


def owners_beyond(wanted: WantedRows) -> Select[Any]:
    """Tell which owners have a row at or beyond each position that bounds their pages."""
    return wanted.statements.owners_beyond(*wanted.owned)
