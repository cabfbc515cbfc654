"""Reading what queries select."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import Entity, Reference
from domain.kernel.records import Record, Slice
from domain.kernel.selection import Listing, Selection
from domain.kernel.viewer import Viewer
from graphql_api.persistence.level_reading import LevelReader
from graphql_api.persistence.plans import Plans
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

    def _read(self) -> LevelReader:
        return LevelReader(self._plans, self._plans.sights.of(self._viewer))
