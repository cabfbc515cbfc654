"""One transaction on one connection, with the entities that were read and made in it."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.entity import Entity, Reference
from domain.kernel.errors import Overtaken
from domain.kernel.messages import Event
from domain.kernel.protocols import AsyncRepository
from domain.kernel.specification import Specification
from domain.kernel.viewer import Viewer
from graphql_api.persistence.contention import overtaken
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.outbox.tables import outbox, rows_of
from graphql_api.persistence.repository import SqlAlchemyRepository
from graphql_api.persistence.statements import ListStatements

E = TypeVar("E")


class SqlAlchemyUnitOfWork:
    """A UnitOfWork over SQL. It is used once, in one `async with` block, and rolls back unless it was committed."""

    def __init__(self, engine: AsyncEngine, tables: EntityTables) -> None:
        self._engine = engine
        self._tables = tables
        self._repositories: dict[str, SqlAlchemyRepository[Any]] = {}
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        self._connection = await self._engine.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._connection.__aexit__(kind, error, traceback)
        if overtaken(error):
            raise Overtaken("The data") from error

    def repository(self, entity: type[E] | Reference[E]) -> AsyncRepository[E]:
        """Return the collection of all entities of one kind."""
        return cast(AsyncRepository[E], self._repository(cast(Any, entity)))

    def expect(self, entity: type[Entity] | Reference[Entity], id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._repository(entity).expect(id, version)

    async def chosen(
        self, entity: type[E] | Reference[E], specification: Specification, viewer: Viewer, limit: int
    ) -> Sequence[E]:
        """Return the entities that a viewer means by a specification: some of those that they may see, by identity."""
        return await self._repository(cast(Any, entity)).find(specification, limit=limit, viewer=viewer)

    async def restore(self, entity: type[E], id: UUID) -> E | None:
        """Bring back an entity that was marked as removed, and return it; one that is there stays as it is."""
        return cast("E | None", await self._repository(cast(Any, entity)).restore(id))

    def _repository(self, entity: type[Entity] | Reference[Any]) -> SqlAlchemyRepository[Any]:
        description, _ = self._tables.resolve(entity)
        repository = self._repositories.get(description.name)
        if repository is None:
            statements = ListStatements(self._tables, description)
            repository = SqlAlchemyRepository(self._connection, statements, self.flush)
            self._repositories[description.name] = repository
        return repository

    async def flush(self) -> None:
        """Send every change to the database without committing: referred rows first, and deleted last.

        Once this has failed it fails in the same way again, so that nothing is stored in part.
        """
        if self._failure is not None:
            raise self._failure
        try:
            await self._send_changes()
        except Exception as error:
            self._failure = error
            raise

    async def _send_changes(self) -> None:
        in_order = [self._repositories[name] for name in self._tables.names_by_dependency if name in self._repositories]
        for repository in in_order:
            await repository.insert_new()
        for repository in in_order:
            await repository.update_changed()
        for repository in reversed(in_order):
            await repository.delete_removed()

    async def commit(self) -> Sequence[Event]:
        """Store every change, together with the events behind them, and return these, oldest first."""
        await self.flush()
        recorded = [event for repository in self._repositories.values() for event in repository.take_events()]
        events = sorted(recorded, key=lambda event: event.event_id)
        if events:
            await self._connection.execute(insert(outbox), rows_of(events))
        await self._connection.commit()
        return events
