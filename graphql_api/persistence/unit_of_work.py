"""One transaction, with the entities that were read and made in it."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from domain.kernel.entity import Entity, Reference
from domain.kernel.errors import Overtaken
from domain.kernel.messages import Event
from domain.kernel.protocols import AsyncRepository
from domain.kernel.row_change import Witness
from domain.kernel.specification import Specification
from domain.kernel.viewer import Viewer
from graphql_api.persistence.contention import overtaken
from graphql_api.persistence.foreign_writing import ForeignRepository
from graphql_api.persistence.known import Note
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.repository import SqlAlchemyRepository
from graphql_api.persistence.storing import Storing
from graphql_api.persistence.transaction import Begin
from graphql_api.persistence.writing import NewRows, Writer

E = TypeVar("E")
T = TypeVar("T")


class SqlAlchemyUnitOfWork:
    """A UnitOfWork over SQL. It is used once, in one `async with` block, and rolls back unless it was committed."""

    def __init__(self, plans: Plans, begin: Begin, witness: Witness | None = None) -> None:
        self._tables = plans.tables
        self.transaction = begin()
        self._repositories: dict[str, SqlAlchemyRepository[Any]] = {}
        self._storing = Storing(Writer(plans, self.transaction), self._repositories, witness)
        self._notes: list[Note] = []
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # They know this one too. So all of them are freed at once, and not by a search for garbage.
        self._repositories.clear()
        await self.transaction.close()
        if error is not None and overtaken(error):
            raise Overtaken("The data") from error

    def repository(self, entity: type[E] | Reference[E]) -> AsyncRepository[E]:
        """Return the collection of all entities of one kind."""
        name = entity.name if isinstance(entity, Reference) else entity.__name__
        repository: Any = self._repositories.get(name)
        if repository is None:
            mapped = self._tables.mapped[name]
            kind = SqlAlchemyRepository if mapped.stored is None else ForeignRepository
            repository = kind(self._storing.writer, mapped, self.flush, self._storing.witness is not None)
            self._repositories[name] = repository
        return repository  # type: ignore[no-any-return]  # it is of the entities that were asked for

    def expect(self, entity: type[Entity] | Reference[Entity], id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._repository(entity).entities.expect(id, version)

    async def chosen(
        self, entity: type[E] | Reference[E], specification: Specification, viewer: Viewer, limit: int
    ) -> Sequence[E]:
        """Return the entities that a viewer means by a specification: some of those that they may see, by identity."""
        return await self._repository(entity).find(specification, limit=limit, viewer=viewer)

    async def restore(self, entity: type[E], id: UUID) -> E | None:
        """Bring back an entity that was marked as removed, and return it; one that is there stays as it is."""
        return await self._repository(entity).restore(id)

    async def insert(self, entity: type[E], values: Mapping[str, object]) -> E:
        """Store a row in a table that others made, and return it with what the database made of it."""
        repository: Any = self._repository(entity)
        inserted: E = await self._for_good(lambda: repository.insert(values))
        return inserted

    def _repository(self, entity: type[Any] | Reference[Any]) -> SqlAlchemyRepository[Any]:
        return cast("SqlAlchemyRepository[Any]", self.repository(entity))

    def note(self, entity: Entity) -> None:
        """Store something new with the changes, just as it is now, that nobody asks this unit of work for."""
        name = type(entity).__name__
        mapped = self._tables.mapped[name]
        members = mapped.members
        self._notes.append(Note(name, NewRows(mapped.table, members.names, [members.of_entity(entity)])))

    async def flush(self) -> None:
        """Send every change to the database without committing: referred rows first, and deleted last.

        Once this has failed it fails in the same way again, so that nothing is stored in part.
        """
        if self._failure is not None or any(
            one.entities.has_new or one.entities.has_changes for one in self._repositories.values()
        ):
            await self._for_good(self._storing.send)

    def commit(self) -> Coroutine[Any, Any, Sequence[Event]]:
        """Store every change, together with the events behind them, and return these, oldest first."""
        return self._for_good(self._store)

    def stored(self, thing: object) -> bool:
        """Tell whether something is a thing of this unit of work, just as it was stored or read."""
        repository = self._repositories.get(type(thing).__name__)
        return repository is not None and repository.has_as_it_is(thing)

    def _store(self) -> Coroutine[Any, Any, Sequence[Event]]:
        notes, self._notes = self._notes, []
        return self._storing.store(notes)

    async def _for_good(self, send: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Send something, unless something has failed, and remember what it fails with."""
        if self._failure is not None:
            raise self._failure
        try:
            return await send()
        except Exception as error:
            self._failure = error
            raise
