"""Queries that every entity has: one thing by its identity, a list of them, and what is measured of many."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import Entity, Reference
from domain.kernel.keeping import KEPT, Keeping
from domain.kernel.messages import Query
from domain.kernel.records import Record, Slice
from domain.kernel.selection import Listing, Selection


class Reader(Protocol):
    """Reads just what is wanted of stored entities."""

    async def get(self, entity: type[Entity] | Reference[Any], id: UUID, selection: Selection) -> Record | None:
        """Read one entity, or None where there is none."""
        ...

    def told(self, thing: Entity, selection: Selection) -> Record | None:
        """Give an entity that was just stored as reading it would, or None where it has to be read."""
        ...

    async def find(self, entity: type[Entity] | Reference[Any], listing: Listing) -> Slice:
        """Read a list of entities."""
        ...

    async def aggregate(self, entity: type[Entity] | Reference[Any], aggregation: Aggregation) -> Sequence[Group]:
        """Read groups of entities, in order."""
        ...


@dataclass(frozen=True, slots=True)
class GetEntity(Query[Record | None]):
    """Ask for one entity by its identity. Subclasses name the entity."""

    entity: ClassVar[type[Entity]]
    keeping: ClassVar[Keeping | None] = KEPT

    id: UUID
    selection: Selection

    def execute(self, reader: Reader) -> Coroutine[Any, Any, Record | None]:
        """Read the entity."""
        return reader.get(self.entity, self.id, self.selection)


@dataclass(frozen=True, slots=True)
class FindEntities(Query[Slice]):
    """Ask for a list of entities. Subclasses name the entity."""

    entity: ClassVar[type[Entity]]
    keeping: ClassVar[Keeping | None] = KEPT

    listing: Listing

    def execute(self, reader: Reader) -> Coroutine[Any, Any, Slice]:
        """Read the list."""
        return reader.find(self.entity, self.listing)


@dataclass(frozen=True, slots=True)
class AggregateEntities(Query[Sequence[Group]]):
    """Ask for groups of entities and what is measured of each. Subclasses name the entity."""

    entity: ClassVar[type[Entity]]
    keeping: ClassVar[Keeping | None] = KEPT

    aggregation: Aggregation

    def execute(self, reader: Reader) -> Coroutine[Any, Any, Sequence[Group]]:
        """Read the groups."""
        return reader.aggregate(self.entity, self.aggregation)
