"""Entities in memory while a unit of work lasts: what was read, what is new, what is to go."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kernel.clock import utc_now
from domain.kernel.entity import Entity, values_of
from domain.kernel.errors import Conflict
from domain.kernel.messages import Event
from domain.kernel.selection import Order, total
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Specification, bind, where
from domain.kernel.validation import validate
from domain.kernel.viewer import Viewer
from graphql_api.persistence.specification import to_sql_condition, visible
from graphql_api.persistence.statements import ListStatements
from graphql_api.persistence.violations import violations_told

E = TypeVar("E", bound=Entity)


@dataclass(slots=True)
class _Known(Generic[E]):
    """An entity with its values as they are stored."""

    entity: E
    stored: Mapping[str, Any]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in values_of(self.entity).items() if value != self.stored[name]}


class SqlAlchemyRepository(Generic[E]):
    """The entities of one kind. One identity is one object; what changes on it is stored by the unit of work."""

    def __init__(
        self, connection: AsyncConnection, statements: ListStatements, flush: Callable[[], Awaitable[None]]
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._flush = flush
        self._entity, self._table = statements.entity, statements.table
        self._new: dict[UUID, E] = {}
        self._known: dict[UUID, _Known[E]] = {}
        self._removed: dict[UUID, E] = {}
        self._gone: list[E] = []
        self._expected: dict[UUID, int] = {}

    def expect(self, id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._expected[id] = version

    async def add(self, entity: E) -> None:
        """Put a new entity into the collection; one that is in it already stays."""
        known = self._known.get(entity.id)
        if known is None or known.entity is not entity:
            self._new[entity.id] = entity
        self._removed.pop(entity.id, None)

    async def get(self, id: UUID) -> E | None:
        """Return the entity with this identity."""
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
        columns = (self._table.c[name] for name in self._entity.fields)
        statement = select(*columns).where(*self._conditions(specification, viewer))
        statement = statement.order_by(*self._statements.order_by(total(order))).limit(limit)
        return [self._entity_of(row) for row in await self._connection.execute(statement)]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        """Return how many entities satisfy a specification, as this unit of work has made them."""
        await self._flush()
        statement = select(func.count()).select_from(self._table).where(*self._conditions(specification))
        return int(await self._connection.scalar(statement) or 0)

    async def remove(self, entity: E) -> None:
        """Take an entity out; one that is SoftDeletable is marked instead."""
        if entity.id not in self._new:
            self._known.setdefault(entity.id, _Known(entity, values_of(entity)))
        if self._entity.is_soft_deletable:
            entity.deleted_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        elif self._new.pop(entity.id, None) is None:
            self._removed[entity.id] = entity
        else:
            self._gone.append(entity)

    async def restore(self, id: UUID) -> E | None:
        """Bring back one that was marked as removed; one that is there stays as it is."""
        await self._flush()
        columns = (self._table.c[name] for name in self._entity.fields)
        row = (await self._connection.execute(select(*columns).where(self._table.c.id == id))).one_or_none()
        if row is None:
            return None
        entity = self._entity_of(row)
        if self._entity.is_soft_deletable:
            entity.deleted_at = None  # type: ignore[attr-defined]  # the description says that it is there
        return entity

    async def insert_new(self) -> None:
        """Store the new entities. Raises ValidationFailed where one breaks its rules, or Conflict."""
        if not self._new:
            return
        entities, self._new = list(self._new.values()), {}
        for entity in entities:
            validate(entity)
        with violations_told(self._entity, self._table):
            await self._connection.execute(insert(self._table), [values_of(entity) for entity in entities])
        self._known.update((entity.id, _Known(entity, values_of(entity))) for entity in entities)

    async def update_changed(self) -> None:
        """Store the changes of known entities. Raises ValidationFailed, or Conflict where one is stored otherwise."""
        # Always in the same order, so that two units of work do not wait for each other.
        for id in sorted(self._known.keys() - self._removed.keys()):
            if self._known[id].changes():
                await self._update(self._known[id])

    async def delete_removed(self) -> None:
        """Delete what was removed. Raises Conflict where somebody else changed it, or something refers to it."""
        removed, self._removed = self._removed, {}
        for id in sorted(removed):
            self._gone.append(removed[id])
            with violations_told(self._entity, self._table, removing=True):
                await self._write_version(delete(self._table), self._known.pop(id))

    def take_events(self) -> Iterator[Event]:
        """Yield the events that were recorded on entities of this collection, deleted ones included."""
        for entity in (*self._gone, *(known.entity for known in self._known.values())):
            yield from entity.take_events()

    async def _update(self, known: _Known[E]) -> None:
        entity = known.entity
        validate(entity)
        entity.version = known.stored["version"] + 1
        if "updated_at" in self._entity.fields:
            entity.updated_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        with violations_told(self._entity, self._table):
            await self._write_version(update(self._table).values(known.changes()), known)
        known.stored = values_of(entity)

    async def _write_version(self, statement: Any, known: _Known[E]) -> None:
        """Write one row, if it is still of the version that was read."""
        at_version = statement.where(
            self._table.c.id == known.entity.id, self._table.c.version == known.stored["version"]
        )
        if (await self._connection.execute(at_version)).rowcount != 1:
            stored = select(self._table.c.version).where(self._table.c.id == known.entity.id)
            raise Conflict(self._entity.name, current_version=await self._connection.scalar(stored))

    def _conditions(self, specification: Specification, viewer: Viewer | None = None) -> list[ColumnElement[bool]]:
        model, tables = self._statements.tables.model, self._statements.tables
        bound = bind(specification, self._entity, model.__getitem__)
        return [to_sql_condition(bound, self._entity, tables, viewer), visible(self._entity, tables, viewer)]

    def _entity_of(self, row: Row[Any]) -> E:
        values = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for the values of a row by column
        known = self._known.get(values["id"])
        if known is None:
            if self._expected.get(values["id"], values["version"]) != values["version"]:
                raise Conflict(self._entity.name, current_version=values["version"])
            entity: Any = self._entity.entity(**values)
            known = self._known[entity.id] = _Known(entity, dict(values))
        return known.entity
