"""Reading what a query selects: one statement for the list and one for each relation of it, level by level."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import Entity, EntityDescription, Reference
from domain.kernel.measures import of_nothing
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Listing, Page, Record, Related, RelatedMeasures, Selection, Slice
from domain.kernel.viewer import Viewer
from graphql_api.persistence.aggregation import GROUP_OWNER, GroupStatements
from graphql_api.persistence.engine import reading
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.statements import OWNER, ListStatements


class SqlAlchemyReader:
    """A Reader over SQL for one viewer; without one, for the application itself.

    Each call takes one connection; rows come out as records, never as entities.
    """

    def __init__(self, engine: AsyncEngine, tables: EntityTables, viewer: Viewer | None = None) -> None:
        self._engine = engine
        self._tables = tables
        self._viewer = viewer

    async def get(self, entity: type[Entity] | Reference[Any], id: UUID, selection: Selection) -> Record | None:
        """Read one entity, or None where there is none."""
        description, _ = self._tables.resolve(entity)
        async with reading(self._engine) as connection:
            found = await _Read(connection, self._tables, self._viewer).by_identity(description, selection, [id])
        return found.get(id)

    async def find(self, entity: type[Entity] | Reference[Any], listing: Listing) -> Slice:
        """Read a list of entities."""
        description, _ = self._tables.resolve(entity)
        async with reading(self._engine) as connection:
            return await _Read(connection, self._tables, self._viewer).listing(description, listing)

    async def aggregate(self, entity: type[Entity] | Reference[Any], aggregation: Aggregation) -> Sequence[Group]:
        """Read groups of entities, in order."""
        description, _ = self._tables.resolve(entity)
        statement = GroupStatements(self._tables, description, self._viewer).groups(aggregation)
        async with reading(self._engine) as connection:
            return list((await connection.execute(statement)).mappings())


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading, on one connection."""

    connection: AsyncConnection
    tables: EntityTables
    viewer: Viewer | None

    async def by_identity(
        self, entity: EntityDescription, selection: Selection, ids: Sequence[UUID]
    ) -> dict[UUID, Record]:
        statement = ListStatements(self.tables, entity, self.viewer).by_identity(selection, ids)
        records = [Record(entity.name, row) for row in (await self.connection.execute(statement)).mappings()]
        await self._attach(entity, records, selection)
        return {record.id: record for record in records}

    async def listing(self, entity: EntityDescription, listing: Listing) -> Slice:
        statements = ListStatements(self.tables, entity, self.viewer)
        total = await self.connection.scalar(statements.total(listing)) if listing.count else None
        if listing.page is None:
            return Slice((), listing.order, total=total)
        rows = (await self.connection.execute(statements.page(listing, listing.page))).mappings()
        beyond = await self._beyond(statements, listing)
        part = _slice([Record(entity.name, row) for row in rows], listing, listing.page, total, beyond)
        await self._attach(entity, part.records, listing.selection)
        return part

    async def _beyond(self, statements: ListStatements, listing: Listing) -> "_Beyond":
        """Find out whether anything lies beyond the positions that bound a page, where that is asked."""
        sides = statements.beyond(listing) if listing.surroundings else {}
        return _Beyond(**{side: bool(await self.connection.scalar(statement)) for side, statement in sides.items()})

    async def _owners_with_more(
        self, statements: ListStatements, relation: ToMany, owners: Sequence[UUID], listing: Listing
    ) -> dict[str, set[UUID]]:
        """Find the owners for whom anything lies beyond the positions that bound their pages, where that is asked."""
        sides = statements.owners_beyond(relation, owners, listing) if listing.surroundings else {}
        return {side: set(await self.connection.scalars(statement)) for side, statement in sides.items()}

    async def _attach(self, entity: EntityDescription, records: Sequence[Record], selection: Selection) -> None:
        for related in selection.related if records else ():
            relation = entity.relations[related.relation]
            target = self.tables.model[relation.target]
            if isinstance(relation, ToOne):
                await self._attach_one(relation, target, records, related)
            else:
                await self._attach_many(relation, target, records, related)
        for measured in selection.measured if records else ():
            await self._attach_measures(entity, records, measured)

    async def _attach_one(
        self, relation: ToOne, target: EntityDescription, records: Sequence[Record], related: Related
    ) -> None:
        ids = {id for record in records if (id := record.values[relation.via]) is not None}
        found = await self.by_identity(target, related.listing.selection, sorted(ids)) if ids else {}
        for record in records:
            record.related[related.key] = found.get(record.values[relation.via])

    async def _attach_many(
        self, relation: ToMany, target: EntityDescription, owners: Sequence[Record], related: Related
    ) -> None:
        statements, listing = ListStatements(self.tables, target, self.viewer), related.listing
        ids = sorted({owner.id for owner in owners})
        totals: dict[UUID, int] = {}
        if listing.count:
            rows = await self.connection.execute(statements.totals_of_owners(relation, ids, listing))
            totals = {row[0]: row[1] for row in rows}
        members: dict[UUID, list[Record]] = defaultdict(list)
        if listing.page is not None:
            statement = statements.pages_of_owners(relation, ids, listing, listing.page)
            for row in (await self.connection.execute(statement)).mappings():
                members[row[OWNER]].append(Record(target.name, row))
        more = await self._owners_with_more(statements, relation, ids, listing)
        for owner in owners:
            total = totals.get(owner.id, 0) if listing.count else None
            beyond = _Beyond(**{side: owner.id in found for side, found in more.items()})
            owner.related[related.key] = _slice(members[owner.id], listing, listing.page, total, beyond)
        parts = (owner.related[related.key].records for owner in owners)
        await self._attach(target, [record for part in parts for record in part], listing.selection)

    async def _attach_measures(
        self, entity: EntityDescription, owners: Sequence[Record], wanted: RelatedMeasures
    ) -> None:
        relation = entity.relations[wanted.relation]
        assert isinstance(relation, ToMany)  # noqa: S101  # there are many to measure
        statements = GroupStatements(self.tables, self.tables.model[relation.target], self.viewer)
        statement = statements.of_owners(relation, sorted({owner.id for owner in owners}), wanted)
        measured = {row[GROUP_OWNER]: row for row in (await self.connection.execute(statement)).mappings()}
        nothing = of_nothing(wanted.measures)
        for owner in owners:
            owner.related[wanted.key] = measured.get(owner.id, nothing)


@dataclass(frozen=True, slots=True)
class _Beyond:
    """Whether the list goes on beyond the positions that bound a page."""

    before: bool = False
    after: bool = False


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
