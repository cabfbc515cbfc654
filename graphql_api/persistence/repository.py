"""The entities of one kind, as one transaction sees them and changes them."""

from collections.abc import Awaitable, Callable, Sequence
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from domain.kernel.entity import Entity, EntityDescription
from domain.kernel.errors import Conflict
from domain.kernel.selection import Listing, Order, Selection, total
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Specification, bind, identities, where
from domain.kernel.viewer import Viewer
from graphql_api.persistence.entity_plans import EntityPlans
from graphql_api.persistence.identity_map import IdentityMap
from graphql_api.persistence.mapping import Mapped
from graphql_api.persistence.statements import TOTAL
from graphql_api.persistence.violations import REFUSED, Written, tell
from graphql_api.persistence.writing import RowUpdate, Writer

E = TypeVar("E", bound=Entity)

_VERSION: Final = Selection(("version",))
_by_id: Final = itemgetter("id")


class SqlAlchemyRepository(Generic[E]):
    """The entities of one kind. What changes on them is stored by the unit of work."""

    def __init__(self, writer: Writer, mapped: Mapped, flush: Callable[[], Awaitable[None]], witnessed: bool) -> None:
        """Begin with nothing; where it is `witnessed`, somebody asks afterwards what was done to each row."""
        self._writer = writer
        self._flush = flush
        self.mapped = mapped
        self.entities = IdentityMap[E](mapped, witnessed)

    async def add(self, entity: E) -> None:
        """Put a new entity into the collection; one that is in it already stays."""
        self.entities.add(entity)

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
        return [self.entities.read(row) for row in await self._plans(viewer).all(listing, limit)]

    async def _found_beside_others(self, ids: Sequence[UUID]) -> Sequence[E]:
        plans = self._writer.shared
        rows = await EntityPlans(plans, self._entity, plans.sights.of(None)).several(self.mapped.everything, list(ids))
        return [self.entities.read(row) for row in sorted(rows, key=_by_id)]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        """Return how many entities satisfy a specification, as this unit of work has made them."""
        await self._flush()
        around = await self._plans().around(Listing(where=self._bound(specification), count=True))
        return int(around[TOTAL])

    async def remove(self, entity: E) -> None:
        """Take an entity out; one that is SoftDeletable is marked instead."""
        self.entities.remove(entity)

    async def restore(self, id: UUID) -> E | None:
        """Bring back one that was marked as removed; one that is there stays as it is."""
        await self._flush()
        rows = await self._plans().stored(self.mapped.everything, id)
        if not rows:
            return None
        entity = self.entities.read(rows[0])
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

    def has_as_it_is(self, thing: Any) -> bool:
        """Tell whether something is an entity of this collection, and stored just as it is."""
        return self.entities.has_as_it_is(thing)

    def take_only_update(self) -> RowUpdate | None:
        """Take the change, where there is one and nothing to delete. Raises ValidationFailed where it breaks rules."""
        return self.entities.take_only_update()

    async def update_changed(self) -> None:
        """Store the changes of known entities. Raises ValidationFailed, or Conflict where one is stored otherwise."""
        for known in self.entities.changed():
            row = self.entities.take_update(known)
            try:
                found = await self._writer.update(row)
            except REFUSED as error:
                tell(error, [self.written])
                raise
            await self.check(row.id, found)

    async def delete_removed(self) -> None:
        """Delete what was removed. Raises Conflict where somebody else changed it, or something refers to it."""
        for known in self.entities.take_removed():
            id = known.entity.id
            try:
                found = await self._writer.delete(self.mapped.table, id, known.version)
            except REFUSED as error:
                tell(error, [self.written], removing=True)
                raise
            await self.check(id, found)

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
