"""Reading a list, and level by level what its relations lead to.

Each level that was not read together with the one above it takes a statement, never one for each row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from domain.kernel.entity import EntityDescription
from domain.kernel.identity import Key
from domain.kernel.measures import of_nothing
from domain.kernel.records import Lead, Lists, Record, Records, Row, Slice, key_column
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Listing, Related, RelatedMeasures, Selection
from domain.kernel.specification import ComparisonOperator, Specification, where
from graphql_api.observability.observation import current, is_shown
from graphql_api.observability.offered import Sought
from graphql_api.observability.resolvers import note_read, resolving_relation, show_sought
from graphql_api.persistence.aggregation import GROUP_OWNER
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.key_columns import by_key, identities
from graphql_api.persistence.levels import ALONE, NO_LEVEL, Level
from graphql_api.persistence.owned_rows import OwnedRows
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.rows import column_of, columns_of
from graphql_api.persistence.sights import Sight
from graphql_api.persistence.slices import NO_ROWS, Beyond, cut, sliced
from graphql_api.persistence.statements import OWNER, TOTAL, is_bounded


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class LevelReader:
    """Reads what one query selects, for one viewer."""

    plans: Plans
    sight: Sight

    def of(self, entity: EntityDescription) -> EntityPlans:
        """Give the statements that read rows of an entity."""
        return EntityPlans(self.plans, entity, self.sight)

    def tell(self, entity: EntityDescription, sought: Specification) -> None:
        """Offer what is looked for to those who look."""
        if is_shown():
            show_sought(Sought(entity, sought, self.sight.policies, self.plans.tables.model.__getitem__))

    async def one(self, entity: EntityDescription, selection: Selection, id: UUID) -> Record | None:
        """Read a thing by its identity, or None where there is none."""
        if is_shown():
            self.tell(entity, where("id", ComparisonOperator.EQ, id))
        plans, below = self.of(entity), ALONE
        if selection.related:
            rows, below = await plans.one(selection, id)
        else:
            rows = await plans.several(selection, [id])
        if not rows:
            return None
        (record,) = await self._records(entity, rows, selection, below)
        return record

    async def listing(self, entity: EntityDescription, listing: Listing) -> Slice:
        """Read a list."""
        self.tell(entity, listing.where)
        plans, page = self.of(entity), listing.page
        rows, below = await plans.page(listing) if page is not None else NO_LEVEL
        around, read = rows[0] if rows else await self._around_nothing(plans, listing), len(rows)
        total = around[TOTAL] if listing.count else None
        records = await self._records(entity, cut(rows, page), listing.selection, below)
        return sliced(records, read, listing, total, Beyond.told(around, listing))

    async def _around_nothing(self, plans: EntityPlans, listing: Listing) -> Row:
        """Find out what is around a page without rows. Of a list without any, nothing is."""
        if listing.page is not None and not is_bounded(listing.page):
            return {TOTAL: 0}
        is_wanted = listing.count or (listing.surroundings and listing.page is not None)
        return await plans.around(listing) if is_wanted else {}

    async def _records(
        self, entity: EntityDescription, rows: Sequence[Row], selection: Selection, below: Mapping[str, Level] = ALONE
    ) -> Records:
        """Read what the relations of rows lead to, where that was not read together with them."""
        observation = current()
        recording = None if observation is None else observation.tracer
        if recording is not None:
            note_read(len(rows), len(selection.fields))
        parts: tuple[Related | RelatedMeasures, ...] = (*selection.related, *selection.measured)
        if not rows:
            return Records(entity.name, rows)
        leads: dict[str, Lead | Lists] = {}
        for wanted in parts:
            level = below.get(wanted.key)
            if observation is None or (recording is None and observation.resolved is None):
                leads[wanted.key] = await self._lead(entity, rows, wanted, level)
                continue
            name = f"{wanted.relation}_aggregate" if isinstance(wanted, RelatedMeasures) else wanted.relation
            together = level is not None
            with resolving_relation(observation, entity.name, name, wanted.key, keys=len(rows), together=together):
                leads[wanted.key] = await self._lead(entity, rows, wanted, level)
        return Records(entity.name, rows, leads, columns_of(rows[0]))

    async def _lead(
        self, entity: EntityDescription, rows: Sequence[Row], wanted: Related | RelatedMeasures, level: Level | None
    ) -> Lead | Lists:
        relation = entity.relations[wanted.relation]
        target = self.plans.tables.model[relation.target]
        if isinstance(relation, ToOne):
            assert isinstance(wanted, Related)  # noqa: S101  # there is one, of which nothing is measured
            return await self._to_one(relation, target, rows, wanted.listing.selection, level)
        if isinstance(wanted, RelatedMeasures):
            return await self._measured(relation, target, identities(rows, "id"), wanted)
        return await self._to_many(relation, target, rows, wanted.listing, level)

    async def _to_one(
        self,
        relation: ToOne,
        target: EntityDescription,
        origins: Sequence[Row],
        selection: Selection,
        level: Level | None,
    ) -> Lead:
        ids = identities(origins, relation.via) if level is None or is_shown() else []
        if ids and is_shown():
            self.tell(target, where("id", ComparisonOperator.IN, tuple(ids)))
        rows, below = level or await self._level(target, ids, selection)
        things = await self._records(target, rows, selection, below)
        return Lead(relation.via, by_key(rows, key_column("id")), things=things)

    async def _level(self, entity: EntityDescription, ids: list[UUID], selection: Selection) -> Level:
        """Read rows by their identities, and nothing together with them."""
        if not ids:
            return NO_LEVEL
        plans = self.of(entity)
        # One alone is likely to be asked for beside others of the kind, such as under other aliases.
        several = plans.several if len(ids) == 1 else plans.by_identity
        return Level(await several(selection, ids), ALONE)

    async def _to_many(
        self,
        relation: ToMany,
        target: EntityDescription,
        owning: Sequence[Row],
        listing: Listing,
        level: Level | None,
    ) -> Lists:
        self.tell(target, listing.where)
        owned = OwnedRows(self.of(target), relation, owning, listing)
        rows, below = level or await owned.pages()
        read = {owner: list(some) for owner, some in groupby(rows, column_of(rows, OWNER))}
        page = listing.page
        is_whole = page is None or (not page.backward and max(map(len, read.values()), default=0) <= page.size)
        if is_whole and not listing.count and not listing.surroundings:
            # As most are: nothing is cut off, and nothing asked of what is around.
            return Lists(read, Slice(await self._of_nothing(target, rows, listing, below), listing.order))
        around = await owned.totals() if owned.are_counted_apart else {owner: rows[-1] for owner, rows in read.items()}
        more = await owned.beyond() if listing.surroundings and owned.are_bounded else {}
        counts = {owner: len(rows) for owner, rows in read.items()}
        kept = {owner: cut(rows, page) for owner, rows in read.items()}
        nothing = await self._of_nothing(target, [row for rows in kept.values() for row in rows], listing, below)

        def part(owner: Key) -> Slice:
            records = Records(target.name, kept.get(owner, ()), nothing.leads, nothing.columns)
            total = around.get(owner, NO_ROWS)[TOTAL] if listing.count else None
            beyond = Beyond.told(more.get(owner, NO_ROWS), listing)
            return sliced(records, counts.get(owner, 0), listing, total, beyond)

        return Lists(kept, part(b""), {owner: part(owner) for owner in {**read, **around, **more}})

    async def _of_nothing(
        self, entity: EntityDescription, rows: Sequence[Row], listing: Listing, below: Mapping[str, Level]
    ) -> Records:
        """Read what the relations of rows lead to, and give records of none of them that know it."""
        things = await self._records(entity, rows, listing.selection, below)
        return Records(entity.name, (), things.leads, things.columns)

    async def _measured(
        self, relation: ToMany, target: EntityDescription, owners: list[UUID], wanted: RelatedMeasures
    ) -> Lead:
        self.tell(target, wanted.where)
        rows = await self.of(target).measures_of_owners(relation, owners, wanted)
        return Lead("id", by_key(rows, GROUP_OWNER), of_nothing(wanted.measures))
