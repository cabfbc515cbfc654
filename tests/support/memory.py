"""A unit of work in memory: the kernel's port as a fake that keeps the promises of the SQL one.

What it stores are values, never the entities themselves, so that nothing is changed by accident that was not committed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.entity import Entity, EntityDescription, Reference, values_of
from domain.kernel.errors import Conflict
from domain.kernel.messages import Event
from domain.kernel.model import DomainModel
from domain.kernel.protocols import AsyncRepository
from domain.kernel.relations import Relation, ToOne
from domain.kernel.selection import Direction, Order, total
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Specification, bind, where
from domain.kernel.specification.operands import value_of
from domain.kernel.validation import validate
from domain.kernel.viewer import Viewer

T = TypeVar("T")
E = TypeVar("E", bound=Entity)


class Row(dict[str, Any]):
    """The stored values of one entity. A relation is looked up when it is asked for."""

    def __init__(self, values: Mapping[str, Any], related: Callable[["Row", str], Any]) -> None:
        super().__init__(values)
        self._related = related

    def __missing__(self, relation: str) -> Any:
        return self._related(self, relation)


Rows = dict[str, dict[UUID, Mapping[str, Any]]]


class InMemoryStore:
    """What was committed. `unique` names the fields that, together, no two entities of a kind have alike."""

    def __init__(self, model: DomainModel, unique: Mapping[str, Sequence[str]] | None = None) -> None:
        self.model = model
        self._unique = unique or {}
        self._rows: Rows = {entity.name: {} for entity in model}

    def snapshot(self) -> Rows:
        """Return the rows as they are now; a row that changes is replaced by another object."""
        return {name: dict(rows) for name, rows in self._rows.items()}

    def replace(self, before: Rows, after: Rows) -> None:
        """Store what is not the same after as before. Raises Conflict, and then stores nothing."""
        result = self.snapshot()
        for name, rows in result.items():
            for id in {*before[name], *after[name]}:
                if after[name].get(id) is before[name].get(id):
                    continue
                stored = rows.pop(id, None)
                if stored is not before[name].get(id):
                    raise Conflict(name, current_version=None if stored is None else stored["version"])
                if id in after[name]:
                    rows[id] = after[name][id]
            self._check_unique(name, rows.values())
        self._rows = result

    def _check_unique(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        if fields := self._unique.get(name):
            taken = [itemgetter(*fields)(row) for row in rows]
            if len(set(taken)) < len(taken):
                raise Conflict(name, f"another one has the same {' and '.join(fields)}")


class InMemoryRepository(Generic[E]):
    """The entities of one kind, as one unit of work sees them. One identity is one object."""

    def __init__(self, work: "InMemoryUnitOfWork", entity: EntityDescription) -> None:
        self._work = work
        self._entity = entity
        self._rows = work.rows[entity.name]
        self._known: dict[UUID, E] = {}
        self._removed: list[E] = []
        self._expected: dict[UUID, int] = {}

    async def add(self, entity: E) -> None:
        """Put a new entity into the collection."""
        self._known[entity.id] = entity

    async def get(self, id: UUID) -> E | None:
        """Return the entity with this identity."""
        found = await self.find(where("id", ComparisonOperator.EQ, id))
        return found[0] if found else None

    async def find(
        self, specification: Specification = EVERYTHING, order: Order = (), limit: int | None = None
    ) -> Sequence[E]:
        """Return the entities that satisfy a specification, as this unit of work has made them."""
        return [self._entity_of(row) for row in in_order(self._satisfying(specification), order)[:limit]]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        """Return how many entities satisfy a specification, as this unit of work has made them."""
        return len(self._satisfying(specification))

    async def remove(self, entity: E) -> None:
        """Take an entity out; one that is SoftDeletable is marked instead."""
        if self._entity.is_soft_deletable:
            entity.deleted_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
            return
        self._known.pop(entity.id)
        if self._rows.pop(entity.id, None) is not None:
            self._removed.append(entity)

    def restore(self, id: UUID) -> E | None:
        """Bring back one that was marked as removed."""
        self._work.write()
        if id not in self._rows:
            return None
        entity = self._entity_of(Row(self._rows[id], lambda _row, _relation: None))
        if self._entity.is_soft_deletable:
            entity.deleted_at = None  # type: ignore[attr-defined]  # the description says that it is there
        return entity

    def expect(self, id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._expected[id] = version

    def flush(self) -> None:
        """Write what is new or changed. Raises ValidationFailed."""
        for entity in self._known.values():
            row = self._rows.get(entity.id)
            if row == values_of(entity):
                continue
            validate(entity)
            if row is not None:
                entity.version = row["version"] + 1
                if "updated_at" in self._entity.fields:
                    entity.updated_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
            self._rows[entity.id] = values_of(entity)

    def take_events(self) -> list[Event]:
        """Return the events that were recorded on entities of this collection, removed ones included."""
        return [event for entity in (*self._removed, *self._known.values()) for event in entity.take_events()]

    def _satisfying(self, specification: Specification) -> list[Row]:
        self._work.write()
        bound = bind(specification, self._entity, self._work.model.__getitem__)
        return [row for row in self._work.present(self._entity.name) if bound.is_satisfied_by(row)]

    def _entity_of(self, row: Row) -> E:
        if row["id"] not in self._known:
            if self._expected.get(row["id"], row["version"]) != row["version"]:
                raise Conflict(self._entity.name, current_version=row["version"])
            self._known[row["id"]] = cast(E, self._entity.entity(**row))
        return self._known[row["id"]]


class InMemoryUnitOfWork:
    """A UnitOfWork over a store in memory. It is used once; what was not committed is forgotten with it."""

    def __init__(self, store: InMemoryStore) -> None:
        self.model = store.model
        self._store = store
        self._before = store.snapshot()
        self.rows = store.snapshot()
        self._repositories: dict[str, InMemoryRepository[Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave; there is nothing to give back."""

    def repository(self, entity: type[T] | Reference[T]) -> AsyncRepository[T]:
        """Return the collection of all entities of one kind."""
        return cast(AsyncRepository[T], self._repository(cast(Any, entity)))

    def expect(self, entity: type[Entity] | Reference[Entity], id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._repository(entity).expect(id, version)

    async def chosen(
        self, entity: type[T] | Reference[T], specification: Specification, viewer: Viewer, limit: int
    ) -> Sequence[T]:
        """Return the entities that a viewer means by a specification: some of those that they may see, by identity."""
        visible = self.model.visible_to(self.model.resolve(cast(Any, entity)), viewer)
        return await self.repository(entity).find(specification & visible, limit=limit)

    async def restore(self, entity: type[T], id: UUID) -> T | None:
        """Bring back an entity that was marked as removed, and return it; one that is there stays as it is."""
        return cast("T | None", self._repository(cast(Any, entity)).restore(id))

    async def insert(self, entity: type[T], values: Mapping[str, object]) -> T:
        """Nobody else made a table in memory."""
        raise NotImplementedError

    def note(self, entity: Entity) -> None:
        """Store something new with the changes, just as it is now, that nobody asks this unit of work for."""
        self.rows[type(entity).__name__][entity.id] = values_of(entity)

    def _repository(self, entity: type[Entity] | Reference[Any]) -> InMemoryRepository[Any]:
        description = self.model.resolve(entity)
        if description.name not in self._repositories:
            self._repositories[description.name] = InMemoryRepository(self, description)
        return self._repositories[description.name]

    async def commit(self) -> Sequence[Event]:
        """Store every change and return the events behind them, oldest first."""
        self.write()
        self._store.replace(self._before, self.rows)
        self._before = {name: dict(rows) for name, rows in self.rows.items()}
        events = [event for repository in self._repositories.values() for event in repository.take_events()]
        return sorted(events, key=lambda event: event.event_id)

    def stored(self, _thing: object) -> bool:
        """Leave it to whoever wants to know it to look."""
        return False

    async def flush(self) -> None:
        """Write every change without committing."""
        self.write()

    def write(self) -> None:
        """Write the changes of all entities to the rows of this unit of work."""
        for repository in self._repositories.values():
            repository.flush()

    def present(self, name: str) -> list[Row]:
        """Return the rows that are not marked as deleted."""
        rows = (row for row in self.rows[name].values() if row.get("deleted_at") is None)
        return [Row(row, lambda owner, relation: self._related(name, owner, relation)) for row in rows]

    def _related(self, name: str, owner: Row, relation_name: str) -> Row | list[Row] | None:
        relation: Relation = self.model[name].relations[relation_name]
        targets = self.present(relation.target)
        if isinstance(relation, ToOne):
            return next((row for row in targets if row["id"] == owner[relation.via]), None)
        if relation.through is None:
            return [row for row in targets if row[relation.via] == owner["id"]]
        between = (row for row in self.rows[relation.through].values() if row[relation.via] == owner["id"])
        reached = {row[relation.onward] for row in between}
        return [row for row in targets if row["id"] in reached]


def in_order(rows: list[Row], order: Order) -> list[Row]:
    """Sort by the keys of an order, the least important first, since sorting keeps what was equal as it was."""
    for key in reversed(total(order)):
        valued = [(value_of(row, key.field), row) for row in rows]
        absent = [row for value, row in valued if value is None]
        there = [(value, row) for value, row in valued if value is not None]
        there.sort(key=itemgetter(0), reverse=key.direction is Direction.DESCENDING)
        ordered = [row for _, row in there]
        rows = absent + ordered if key.nulls_first else ordered + absent
    return rows
