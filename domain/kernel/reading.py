"""Queries that every entity has: one thing by its identity, and a list of them."""

from dataclasses import dataclass
from typing import ClassVar, Protocol
from uuid import UUID

from domain.kernel.entity import Entity
from domain.kernel.messages import Query
from domain.kernel.selection import Listing, Record, Selection, Slice


class Reader(Protocol):
    """Reads just what is wanted of stored entities."""

    async def get(self, entity: type[Entity], id: UUID, selection: Selection) -> Record | None:
        """Read one entity, or None where there is none."""
        ...

    async def find(self, entity: type[Entity], listing: Listing) -> Slice:
        """Read a list of entities."""
        ...


@dataclass(frozen=True, slots=True)
class GetEntity(Query[Record | None]):
    """Ask for one entity by its identity. Subclasses name the entity."""

    entity: ClassVar[type[Entity]]

    id: UUID
    selection: Selection

    async def execute(self, reader: Reader) -> Record | None:
        """Read the entity."""
        return await reader.get(self.entity, self.id, self.selection)


@dataclass(frozen=True, slots=True)
class FindEntities(Query[Slice]):
    """Ask for a list of entities. Subclasses name the entity."""

    entity: ClassVar[type[Entity]]

    listing: Listing

    async def execute(self, reader: Reader) -> Slice:
        """Read the list."""
        return await reader.find(self.entity, self.listing)
