"""Reading what a query selects: one statement for the list and one for each relation of it, level by level."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import Entity, EntityDescription, Reference
from domain.kernel.identity import Key
from domain.kernel.measures import of_nothing
from domain.kernel.records import Lead, Lists, Record, Records, Row, Slice, key_column
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Listing, Page, Related, RelatedMeasures, Selection
from domain.kernel.specification import ComparisonOperator, Specification, where
from domain.kernel.viewer import Viewer
from graphql_api.observability.observation import current, is_shown
from graphql_api.observability.offered import Sought
from graphql_api.observability.resolvers import note_read, resolving_relation, show_sought
from graphql_api.persistence.aggregation import GROUP_OWNER
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.keys import identified
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.rows import column_of, columns_of
from graphql_api.persistence.sights import Sight
from graphql_api.persistence.statements import AFTER, BEFORE, OWNER, TOTAL, is_bounded
from graphql_api.persistence.stored_rows import stored_row


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

    def told(self, thing: Entity, selection: Selection) -> Record | None:
        """Give an entity that was just stored as reading it would, or None where it has to be read."""
        name, sight = type(thing).__name__, self._plans.sights.of(self._viewer)
        is_seen = sight.predicate(name)
        # Who does not see it hears of that in the usual way.
        if is_seen is None or not is_seen(thing):
            return None
        row = stored_row(self._plans.tables[name], thing, selection)
        return None if row is None else Record(name, row)

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


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class _Read:
    """One reading, level by level."""

    plans: Plans
    sight: Sight

    def of(self, entity: EntityDescription) -> EntityPlans:
        return EntityPlans(self.plans, entity, self.sight)

    def tell(self, entity: EntityDescription, sought: Specification) -> None:
        """Offer what is looked for to those who look."""
        if is_shown():
            show_sought(Sought(entity, sought, self.sight.policies, self.plans.tables.model.__getitem__))

    async def one(self, entity: EntityDescription, selection: Selection, id: UUID) -> Record | None:
        if is_shown():
            self.tell(entity, where("id", ComparisonOperator.EQ, id))
        rows = await self.of(entity).several(selection, [id])
        if not rows:
            return None
        (record,) = await self._records(entity, rows, selection)
        return record

    async def listing(self, entity: EntityDescription, listing: Listing) -> Slice:
        self.tell(entity, listing.where)
        plans, page = self.of(entity), listing.page
        rows = await plans.page(listing) if page is not None else []
        around, read = rows[0] if rows else await self._around_nothing(plans, listing), len(rows)
        total = around[TOTAL] if listing.count else None
        records = await self._records(entity, _cut(rows, page), listing.selection)
        return _slice(records, read, listing, total, _beyond(around, listing))

    async def _around_nothing(self, plans: EntityPlans, listing: Listing) -> Row:
        """Find out what is around a page without rows. Of a list without any, nothing is."""
        if listing.page is not None and not is_bounded(listing.page):
            return {TOTAL: 0}
        is_wanted = listing.count or (listing.surroundings and listing.page is not None)
        return await plans.around(listing) if is_wanted else {}

    async def _records(self, entity: EntityDescription, rows: Sequence[Row], selection: Selection) -> Records:
        """Read what the relations of rows lead to."""
        observation = current()
        recording = None if observation is None else observation.tracer
        if recording is not None:
            note_read(len(rows), len(selection.fields))
        parts: tuple[Related | RelatedMeasures, ...] = (*selection.related, *selection.measured)
        if not rows:
            return Records(entity.name, rows)
        leads: dict[str, Lead | Lists] = {}
        for wanted in parts:
            if observation is None or (recording is None and observation.resolved is None):
                leads[wanted.key] = await self._lead(entity, rows, wanted)
                continue
            name = f"{wanted.relation}_aggregate" if isinstance(wanted, RelatedMeasures) else wanted.relation
            with resolving_relation(observation, entity.name, name, wanted.key, keys=len(rows)):
                leads[wanted.key] = await self._lead(entity, rows, wanted)
        return Records(entity.name, rows, leads, columns_of(rows[0]))

    async def _lead(
        self, entity: EntityDescription, rows: Sequence[Row], wanted: Related | RelatedMeasures
    ) -> Lead | Lists:
        relation = entity.relations[wanted.relation]
        target = self.plans.tables.model[relation.target]
        if isinstance(relation, ToOne):
            assert isinstance(wanted, Related)  # noqa: S101  # there is one, of which nothing is measured
            return await self._to_one(relation, target, _identities(rows, relation.via), wanted.listing.selection)
        owners = _identities(rows, "id")
        if isinstance(wanted, RelatedMeasures):
            return await self._measured(relation, target, owners, wanted)
        return await self._to_many(relation, target, owners, wanted.listing)

    async def _to_one(self, relation: ToOne, target: EntityDescription, ids: list[UUID], selection: Selection) -> Lead:
        if not ids:
            return Lead(relation.via, {}, things=Records(target.name, ()))
        if is_shown():
            self.tell(target, where("id", ComparisonOperator.IN, tuple(ids)))
        plans = self.of(target)
        # One alone is likely to be asked for beside others of the kind, such as under other aliases.
        rows = await (plans.several(selection, ids) if len(ids) == 1 else plans.by_identity(selection, ids))
        things = await self._records(target, rows, selection)
        return Lead(relation.via, _by_key(rows, key_column("id")), things=things)

    async def _to_many(
        self, relation: ToMany, target: EntityDescription, owners: list[UUID], listing: Listing
    ) -> Lists:
        plans, page = self.of(target), listing.page
        self.tell(target, listing.where)
        rows = await plans.pages_of_owners(relation, owners, listing) if page is not None else ()
        read = {owner: list(some) for owner, some in groupby(rows, column_of(rows, OWNER))}
        is_whole = page is None or (not page.backward and max(map(len, read.values()), default=0) <= page.size)
        if is_whole and not listing.count and not listing.surroundings:
            # As most are: nothing is cut off, and nothing asked of what is around.
            return Lists(read, Slice(await self._of_nothing(target, rows, listing), listing.order))
        around = {owner: rows[-1] for owner, rows in read.items()}
        if listing.count and (page is None or is_bounded(page)):
            around = _by_key(await plans.totals_of_owners(relation, owners, listing), OWNER)
        more: dict[Key, Row] = {}
        if listing.surroundings and page is not None and is_bounded(page):
            more = _by_key(await plans.owners_beyond(relation, owners, listing), OWNER)
        counts = {owner: len(rows) for owner, rows in read.items()}
        kept = {owner: _cut(rows, page) for owner, rows in read.items()}
        nothing = await self._of_nothing(target, [row for rows in kept.values() for row in rows], listing)

        def part(owner: Key) -> Slice:
            records = Records(target.name, kept.get(owner, ()), nothing.leads, nothing.columns)
            total = around.get(owner, _NO_ROWS)[TOTAL] if listing.count else None
            beyond = _beyond(more.get(owner, _NO_ROWS), listing)
            return _slice(records, counts.get(owner, 0), listing, total, beyond)

        return Lists(kept, part(b""), {owner: part(owner) for owner in {**read, **around, **more}})

    async def _of_nothing(self, entity: EntityDescription, rows: Sequence[Row], listing: Listing) -> Records:
        """Read what the relations of rows lead to, and give records of none of them that know it."""
        things = await self._records(entity, rows, listing.selection)
        return Records(entity.name, (), things.leads, things.columns)

    async def _measured(
        self, relation: ToMany, target: EntityDescription, owners: list[UUID], wanted: RelatedMeasures
    ) -> Lead:
        self.tell(target, wanted.where)
        rows = await self.of(target).measures_of_owners(relation, owners, wanted)
        return Lead("id", _by_key(rows, GROUP_OWNER), of_nothing(wanted.measures))


def _identities(rows: Sequence[Row], field: str) -> list[UUID]:
    """Give the identities that rows have in a field, each once."""
    keys = dict.fromkeys(map(column_of(rows, key_column(field)), rows))
    keys.pop(None, None)
    return identified(list(keys))


def _by_key(rows: Sequence[Row], name: str) -> dict[Key, Row]:
    return dict(zip(map(column_of(rows, name), rows), rows, strict=True))


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


def _cut(rows: list[Row], page: Page | None) -> list[Row]:
    """Cut off the one row too many, and put what was read from the end in order."""
    # The same list, since the event loop holds what a task has just waited for until that waits again.
    if page is not None:
        del rows[page.size :]
        if page.backward:
            rows.reverse()
    return rows


def _slice(records: Records, read: int, listing: Listing, total: int | None, beyond: _Beyond) -> Slice:
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
