"""The rows of a relation to many that were not read together with their owners, or not all that is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.identity import Key
from domain.kernel.records import Row
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.key_columns import by_key, identities
from graphql_api.persistence.levels import ALONE, NO_LEVEL, Level
from graphql_api.persistence.statements import OWNER, is_bounded


@dataclass(slots=True)  # one for each relation that is read: to freeze it would cost more than to make it
class OwnedRows:
    """Reads the rows that belong to others, page by page."""

    plans: EntityPlans
    relation: ToMany
    owning: Sequence[Row]
    listing: Listing

    @property
    def are_bounded(self) -> bool:
        """Tell whether pages start or end at a position."""
        return self.listing.page is not None and is_bounded(self.listing.page)

    @property
    def are_counted_apart(self) -> bool:
        """Tell whether no row of a page knows how many there are."""
        return self.listing.count and (self.listing.page is None or self.are_bounded)

    async def pages(self) -> Level:
        """Read a page and one row more for each owner, and nothing together with them."""
        if self.listing.page is None:
            return NO_LEVEL
        return Level(await self.plans.pages_of_owners(self.relation, self._owners(), self.listing), ALONE)

    async def totals(self) -> dict[Key, Row]:
        """Count the rows of each owner that has any."""
        return by_key(await self.plans.totals_of_owners(self.relation, self._owners(), self.listing), OWNER)

    async def beyond(self) -> dict[Key, Row]:
        """Tell which owners have rows beyond the positions that bound their pages."""
        return by_key(await self.plans.owners_beyond(self.relation, self._owners(), self.listing), OWNER)

    def _owners(self) -> list[UUID]:
        return identities(self.owning, "id")
