"""Entities in memory while a unit of work lasts: what was read, what is new, what is to go."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.entity import Entity, EntityDescription
from domain.kernel.errors import Conflict
from domain.kernel.messages import Event
from domain.kernel.records import Row
from domain.kernel.row_change import RowChange
from domain.kernel.selection import Listing, Order, Selection, total
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Specification, bind, identities, where
from domain.kernel.validation import validate
from domain.kernel.viewer import Viewer
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.known import Known, Values
from graphql_api.persistence.mapping import Mapped
from graphql_api.persistence.row_changes import RowChanges
from graphql_api.persistence.statements import TOTAL
from graphql_api.persistence.violations import REFUSED, Written, tell
from graphql_api.persistence.writing import NewRows, RowUpdate, Writer

E = TypeVar("E", bound=Entity)

_VERSION: Final = Selection(("version",))
_by_id: Final = itemgetter("id")


class SqlAlchemyRepository(Generic[E]):
    """The entities of one kind. One identity is one object; what changes on it is stored by the unit of work."""

    def __init__(self, writer: Writer, mapped: Mapped, flush: Callable[[], Awaitable[None]], witnessed: bool) -> None:
        """Begin with nothing; where it is `witnessed`, somebody asks afterwards what was done to each row."""
        self._writer = writer
        self._flush = flush
        self.mapped = mapped
        self._new: dict[UUID, E] = {}
        self._known: dict[UUID, Known[E]] = {}
        self._removed: dict[UUID, E] = {}
        self._gone: list[E] = []
        self._expected: dict[UUID, int] = {}
        self._changes = RowChanges(mapped.entity.name, mapped.members) if witnessed else None

    def expect(self, id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._expected[id] = version

    async def add(self, entity: E) -> None:
        """Put a new entity into the collection; one that is in it already stays."""
        known = self._known.get(entity.id) if self._known else None
        if known is None or known.entity is not entity:
            self._new[entity.id] = entity
        if self._removed:
            self._removed.pop(entity.id, None)

    async def get(self, id: UUID) -> E | None:
        """Return the entity with this identity."""
        await self._flush()
        if self._writer.transaction.reads_apart:
            found = await self._found_beside_others([id])
        else:
            found = await self.find(where("id", ComparisonOperator.EQ, id))
        return found[0] if found else None

    async def find(
        self,
        specification: Specification = EVERYTHING,
        order: Order = (),
        limit: int | None = None,
        viewer: Viewer | None = None,
    ) -> Sequence[E]:
        """Return the entities that satisfy a specification, as this unit of work has made them.

        For a viewer both the entities and what the specification says of related ones are what they may see.
        """
        await self._flush()
        ids = identities(specification) if viewer is None and limit is None and not order else ()
        if ids and self._writer.transaction.reads_apart:
            return await self._found_beside_others(ids)
        listing = Listing(self.mapped.everything, self._bound(specification), total(order))
        return [self._entity_of(row) for row in await self._plans(viewer).all(listing, limit)]

    async def _found_beside_others(self, ids: Sequence[UUID]) -> Sequence[E]:
        plans = self._writer.shared
        rows = await EntityPlans(plans, self._entity, plans.sights.of(None)).several(self.mapped.everything, list(ids))
        return [self._entity_of(row) for row in sorted(rows, key=_by_id)]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        """Return how many entities satisfy a specification, as this unit of work has made them."""
        await self._flush()
        around = await self._plans().around(Listing(where=self._bound(specification), count=True))
        return int(around[TOTAL])

    async def remove(self, entity: E) -> None:
        """Take an entity out; one that is SoftDeletable is marked instead."""
        if entity.id not in self._new:
            if self._changes is not None and entity.id not in self._known:
                # One that was read elsewhere may look otherwise than it is stored.
                self._changes.be_unsure()
            self._known.setdefault(entity.id, self._as_stored(entity))
        if self._entity.is_soft_deletable:
            entity.deleted_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        elif self._new.pop(entity.id, None) is None:
            self._removed[entity.id] = entity
        else:
            self._gone.append(entity)

    async def restore(self, id: UUID) -> E | None:
        """Bring back one that was marked as removed; one that is there stays as it is."""
        await self._flush()
        rows = await self._plans().stored(self.mapped.everything, id)
        if not rows:
            return None
        entity = self._entity_of(rows[0])
        if self._entity.is_soft_deletable:
            entity.deleted_at = None  # type: ignore[attr-defined]  # the description says that it is there
        return entity

    @property
    def written(self) -> Written:
        """The entity, and the table that its rows are in."""
        return self._entity, self.mapped.table

    @property
    def _entity(self) -> EntityDescription:
        return self.mapped.entity

    @property
    def has_new(self) -> bool:
        """Tell whether there are entities to insert."""
        return bool(self._new)

    @property
    def has_changes(self) -> bool:
        """Tell whether there are rows to update or to delete."""
        if self._removed:
            return True
        for known in self._known.values():  # noqa: SIM110  # which is asked of every collection of every command
            if known.is_changed:
                return True
        return False

    def has_as_it_is(self, thing: Any) -> bool:
        """Tell whether something is an entity of this collection, and stored just as it is."""
        known = self._known.get(thing.id)
        return known is not None and known.entity is thing and not known.is_changed

    def take_new(self) -> NewRows:
        """Take the rows of the new entities, to store them. Raises ValidationFailed where one breaks its rules."""
        new, self._new = self._new, {}
        members, rows = self.mapped.members, []
        for id, entity in new.items():
            validate(entity)
            values = members.of_entity(entity)
            self._known[id] = Known(entity, members, values)
            if self._changes is not None:
                self._changes.note(id, None, values)
            rows.append(values)
        return NewRows(self.mapped.table, members.names, rows)

    def take_only_update(self) -> RowUpdate | None:
        """Take the change, where there is one and nothing to delete. Raises ValidationFailed where it breaks rules."""
        changed = [known for known in self._known.values() if known.is_changed]
        return self._take_update(changed[0]) if len(changed) == 1 and not self._removed else None

    async def update_changed(self) -> None:
        """Store the changes of known entities. Raises ValidationFailed, or Conflict where one is stored otherwise."""
        # Always in the same order, so that two units of work do not wait for each other.
        for id in sorted(self._known.keys() - self._removed.keys()):
            if self._known[id].is_changed:
                row = self._take_update(self._known[id])
                try:
                    found = await self._writer.update(row)
                except REFUSED as error:
                    tell(error, [self.written])
                    raise
                await self.check(id, found)

    async def delete_removed(self) -> None:
        """Delete what was removed. Raises Conflict where somebody else changed it, or something refers to it."""
        removed, self._removed = self._removed, {}
        for id in sorted(removed):
            self._gone.append(removed[id])
            known = self._known.pop(id)
            self._note(id, known.values, None)
            try:
                found = await self._writer.delete(self.mapped.table, id, known.version)
            except REFUSED as error:
                tell(error, [self.written], removing=True)
                raise
            await self.check(id, found)

    def take_events(self, events: list[Event]) -> None:
        """Append the events that were recorded on entities of this collection, deleted ones included."""
        for gone in self._gone:
            events += gone.take_events()
        for known in self._known.values():
            events += known.entity.take_events()

    def take_changes(self) -> Iterator[RowChange]:
        """Yield what was done to each row since the last call, where that is witnessed."""
        return iter(()) if self._changes is None else self._changes.take()

    def _note(self, id: UUID, before: Values | None, after: Values | None) -> None:
        if self._changes is not None:
            self._changes.note(id, before, after)

    def _take_update(self, known: Known[E]) -> RowUpdate:
        entity = known.entity
        validate(entity)
        before, version = known.values, known.version
        entity.version = version + 1
        if "updated_at" in self._entity.fields:
            entity.updated_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        changes = known.changes()
        known.keep()
        self._note(entity.id, before, known.values)
        return RowUpdate(self.mapped.table, entity.id, version, changes)

    async def check(self, id: UUID, found: bool) -> None:
        """Raise Conflict where a row was not of the version that was read."""
        if not found:
            rows = await self._plans().stored(_VERSION, id)
            raise Conflict(self._entity.name, current_version=rows[0]["version"] if rows else None)

    def _plans(self, viewer: Viewer | None = None) -> EntityPlans:
        plans = self._writer.plans
        return EntityPlans(plans, self._entity, plans.sights.of(viewer))

    def _bound(self, specification: Specification) -> Specification:
        return bind(specification, self._entity, self._writer.plans.tables.model.__getitem__)

    def _entity_of(self, row: Row) -> E:
        known = self._known.get(row["id"])
        if known is None:
            version = row.get("version")  # which rows of tables that others made do not have
            if self._expected.get(row["id"], version) != version:
                raise Conflict(self._entity.name, current_version=version)
            # Beside the fields there may be what the rows were sorted by.
            values = self.mapped.members.of_row(row)
            entity: Any = self._entity.entity(**dict(zip(self.mapped.members.names, values, strict=True)))
            known = self._known[entity.id] = Known(entity, self.mapped.members, values)
        return known.entity

    def _as_stored(self, entity: E) -> Known[E]:
        return Known(entity, self.mapped.members, self.mapped.members.of_entity(entity))
