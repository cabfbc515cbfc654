"""Reading what a query selects: one statement for the list and one for each relation of it, level by level."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import Entity, EntityDescription, Reference
from domain.kernel.measures import of_nothing
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Listing, Page, Record, Related, RelatedMeasures, Selection, Slice
from domain.kernel.specification import ComparisonOperator, Specification, where
from domain.kernel.viewer import Viewer
from graphql_api.observability.observation import tracer
from graphql_api.observability.offered import Sought
from graphql_api.observability.resolvers import note_read, resolving_relation, show_sought
from graphql_api.persistence.aggregation import GROUP_OWNER
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.rows import Row
from graphql_api.persistence.sights import Sight
from graphql_api.persistence.statements import AFTER, BEFORE, OWNER, TOTAL, is_bounded


class SqlAlchemyReader:
    """A Reader over SQL for one viewer; without one, for the application itself.

    Each statement runs by itself, on a connection of its own choice; rows come out as records, never as entities.
    """

    def __init__(self, plans: Plans, viewer: Viewer | None = None) -> None:
        self._plans = plans
        self._viewer = viewer

    async def get(self, entity: type[Entity] | Reference[Any], id: UUID, selection: Selection) -> Record | None:
        """Read one entity, or None where there is none."""
        return await self._read().one(self._plans.tables.model.resolve(entity), selection, id)

    async def find(self, entity: type[Entity] | Reference[Any], listing: Listing) -> Slice:
        """Read a list of entities."""
        return await self._read().listing(self._plans.tables.model.resolve(entity), listing)

    async def aggregate(self, entity: type[Entity] | Reference[Any], aggregation: Aggregation) -> Sequence[Group]:
        """Read groups of entities, in order."""
        read, described = self._read(), self._plans.tables.model.resolve(entity)
        read.tell(described, aggregation.where)
        return await read.of(described).groups(aggregation)

    def _read(self) -> "_Read":
        return _Read(self._plans, self._plans.sights.of(self._viewer))


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading, level by level."""

    plans: Plans
    sight: Sight

    def of(self, entity: EntityDescription) -> EntityPlans:
        return EntityPlans(self.plans, entity, self.sight)

    def tell(self, entity: EntityDescription, sought: Specification) -> None:
        """Offer what is looked for to those who look."""
        if tracer() is not None:
            show_sought(Sought(entity, sought, self.sight.policies, self.plans.tables.model.__getitem__))

    async def one(self, entity: EntityDescription, selection: Selection, id: UUID) -> Record | None:
        self.tell(entity, where("id", ComparisonOperator.EQ, id))
        row = await self.of(entity).one(selection, id)
        if row is None:
            return None
        record = Record(entity.name, row)
        await self._attach(entity, [record], selection)
        return record

    async def by_identity(
        self, entity: EntityDescription, selection: Selection, ids: Sequence[UUID]
    ) -> dict[UUID, Record]:
        self.tell(entity, where("id", ComparisonOperator.IN, tuple(ids)))
        rows = await self.of(entity).by_identity(selection, ids)
        records = [Record(entity.name, row) for row in rows]
        await self._attach(entity, records, selection)
        return {record.values["id"]: record for record in records}

    async def listing(self, entity: EntityDescription, listing: Listing) -> Slice:
        self.tell(entity, listing.where)
        plans = self.of(entity)
        rows = await plans.page(listing) if listing.page is not None else ()
        around = rows[0] if rows else await self._around_nothing(plans, listing)
        total = around[TOTAL] if listing.count else None
        beyond = _beyond(around, listing)
        part = _slice([Record(entity.name, row) for row in rows], listing, listing.page, total, beyond)
        await self._attach(entity, part.records, listing.selection)
        return part

    async def _around_nothing(self, plans: EntityPlans, listing: Listing) -> Row:
        """Find out what is around a page without rows. Of a list without any, nothing is."""
        if listing.page is not None and not is_bounded(listing.page):
            return {TOTAL: 0}
        is_wanted = listing.count or (listing.surroundings and listing.page is not None)
        return await plans.around(listing) if is_wanted else {}

    async def _attach(self, entity: EntityDescription, records: Sequence[Record], selection: Selection) -> None:
        recording = tracer()
        if recording is not None:
            note_read(len(records), len(selection.names))
        if selection.related or selection.measured:
            for record in records:
                record.related = {}
        parts: tuple[Related | RelatedMeasures, ...] = (*selection.related, *selection.measured)
        for wanted in parts if records else ():
            if recording is None:
                await self._attach_part(entity, records, wanted)
                continue
            name = f"{wanted.relation}_aggregate" if isinstance(wanted, RelatedMeasures) else wanted.relation
            with resolving_relation(recording, entity.name, name, wanted.key, keys=len(records)):
                await self._attach_part(entity, records, wanted)

    async def _attach_part(
        self, entity: EntityDescription, records: Sequence[Record], wanted: Related | RelatedMeasures
    ) -> None:
        if isinstance(wanted, RelatedMeasures):
            await self._attach_measures(entity, records, wanted)
            return
        relation = entity.relations[wanted.relation]
        target = self.plans.tables.model[relation.target]
        if isinstance(relation, ToOne):
            await self._attach_to_one(relation, target, records, wanted)
        else:
            await self._attach_to_many(relation, target, records, wanted)

    async def _attach_to_one(
        self, relation: ToOne, target: EntityDescription, records: Sequence[Record], related: Related
    ) -> None:
        ids = {id for record in records if (id := record.values[relation.via]) is not None}
        found = await self.by_identity(target, related.listing.selection, list(ids)) if ids else {}
        for record in records:
            record.related[related.key] = found.get(record.values[relation.via])

    async def _attach_to_many(
        self, relation: ToMany, target: EntityDescription, owners: Sequence[Record], related: Related
    ) -> None:
        plans, listing, page = self.of(target), related.listing, related.listing.page
        self.tell(target, listing.where)
        ids = list({owner.values["id"] for owner in owners})
        rows = await plans.pages_of_owners(relation, ids, listing) if page is not None else ()
        members: dict[UUID, list[Record]] = defaultdict(list)
        around: dict[UUID, Row] = {}
        for row in rows:
            members[row[OWNER]].append(Record(target.name, row))
            around[row[OWNER]] = row
        if listing.count and (page is None or is_bounded(page)):
            around = {row[OWNER]: row for row in await plans.totals_of_owners(relation, ids, listing)}
        more: dict[UUID, Row] = {}
        if listing.surroundings and page is not None and is_bounded(page):
            more = {row[OWNER]: row for row in await plans.owners_beyond(relation, ids, listing)}
        for owner in owners:
            id = owner.values["id"]
            total = around.get(id, _NO_ROWS)[TOTAL] if listing.count else None
            beyond = _beyond(more.get(id, _NO_ROWS), listing)
            owner.related[related.key] = _slice(members[id], listing, page, total, beyond)
        parts = (owner.related[related.key].records for owner in owners)
        await self._attach(target, [record for part in parts for record in part], listing.selection)

    async def _attach_measures(
        self, entity: EntityDescription, owners: Sequence[Record], wanted: RelatedMeasures
    ) -> None:
        relation = entity.relations[wanted.relation]
        assert isinstance(relation, ToMany)  # noqa: S101  # there are many to measure
        target = self.plans.tables.model[relation.target]
        self.tell(target, wanted.where)
        plans = self.of(target)
        rows = await plans.measures_of_owners(relation, list({owner.values["id"] for owner in owners}), wanted)
        measured = {row[GROUP_OWNER]: row for row in rows}
        nothing = of_nothing(wanted.measures)
        for owner in owners:
            owner.related[wanted.key] = measured.get(owner.values["id"], nothing)


_NO_ROWS: Row = {TOTAL: 0, BEFORE: False, AFTER: False}


@dataclass(frozen=True, slots=True)
class _Beyond:
    """Whether the list goes on beyond the positions that bound a page."""

    before: bool = False
    after: bool = False


def _beyond(around: Row, listing: Listing) -> _Beyond:
    page = listing.page
    if page is None or not listing.surroundings:
        return _WITHIN
    return _Beyond(
        before=page.after is not None and bool(around[BEFORE]), after=page.before is not None and bool(around[AFTER])
    )


_WITHIN = _Beyond()


def _slice(records: list[Record], listing: Listing, page: Page | None, total: int | None, beyond: _Beyond) -> Slice:
    """Cut off the one record too many, and say what it told."""
    if page is None:
        return Slice((), listing.order, total=total)
    more = len(records) > page.size
    kept = records[: page.size]
    return Slice(
        records=kept[::-1] if page.backward else kept,
        order=listing.order,
        has_next=beyond.after or (more and not page.backward),
        has_previous=beyond.before or (more and page.backward),
        total=total,
    )
