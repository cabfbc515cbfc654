"""One transaction, with the entities that were read and made in it."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from operator import attrgetter
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar, cast
from uuid import UUID

from domain.kernel.entity import Entity, Reference
from domain.kernel.errors import Overtaken
from domain.kernel.messages import Event
from domain.kernel.protocols import AsyncRepository
from domain.kernel.row_change import RowChange, Witness
from domain.kernel.specification import Specification
from domain.kernel.viewer import Viewer
from graphql_api.persistence.contention import overtaken
from graphql_api.persistence.foreign_violations import tell_refusal
from graphql_api.persistence.foreign_writing import ForeignRepository
from graphql_api.persistence.known import Note
from graphql_api.persistence.outbox.tables import COLUMNS_OF_EVENTS, outbox, values_of
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.repository import SqlAlchemyRepository
from graphql_api.persistence.transaction import Begin
from graphql_api.persistence.violations import REFUSED, Written, tell
from graphql_api.persistence.writing import NewRows, RowUpdate, Writer

E = TypeVar("E")
T = TypeVar("T")

_by_event: Final = attrgetter("event_id")
_row_of: Final = attrgetter("row")


class _Only(NamedTuple):
    """The only row that is changed, and the collection that it is of."""

    repository: SqlAlchemyRepository[Any]
    row: RowUpdate


class SqlAlchemyUnitOfWork:
    """A UnitOfWork over SQL. It is used once, in one `async with` block, and rolls back unless it was committed."""

    def __init__(self, plans: Plans, begin: Begin, witness: Witness | None = None) -> None:
        self._tables = plans.tables
        self._witness = witness
        self.transaction = begin()
        self._writer = Writer(plans, self.transaction)
        self._repositories: dict[str, SqlAlchemyRepository[Any]] = {}
        self._notes: list[Note] = []
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # They know this one too. So all of them are freed at once, and not by a search for garbage.
        self._repositories = {}
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
            repository = kind(self._writer, mapped, self.flush, self._witness is not None)
            self._repositories[name] = repository
        return repository  # type: ignore[no-any-return]  # it is of the entities that were asked for

    def expect(self, entity: type[Entity] | Reference[Entity], id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._repository(entity).expect(id, version)

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
        if self._failure is not None or any(one.has_new or one.has_changes for one in self._repositories.values()):
            await self._for_good(self._send)

    def commit(self) -> Coroutine[Any, Any, Sequence[Event]]:
        """Store every change, together with the events behind them, and return these, oldest first."""
        return self._for_good(self._store)

    def stored(self, thing: object) -> bool:
        """Tell whether something is a thing of this unit of work, just as it was stored or read."""
        repository = self._repositories.get(type(thing).__name__)
        return repository is not None and repository.has_as_it_is(thing)

    async def _for_good(self, send: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Send something, unless something has failed, and remember what it fails with."""
        if self._failure is not None:
            raise self._failure
        try:
            return await send()
        except Exception as error:
            self._failure = error
            raise

    async def _store(self) -> Sequence[Event]:
        repositories, only = self._in_order(), None
        if changed := [one for one in repositories if one.has_changes]:
            only = self._only(changed)
            if only is None:
                await self._send()
        notes, self._notes = self._notes, []
        new = [one.take_new() for one in repositories if one.has_new] + [*map(_row_of, notes)]
        events = self._take_events()
        if self._witness is None:
            await self._send_last(only, new, events)
        else:
            changes = [change for one in repositories for change in one.take_changes()]
            changes += [note.change for note in notes]
            await self._send_seen(only, new, events, self._witness, changes)
        return events

    def _only(self, changed: Sequence[SqlAlchemyRepository[Any]]) -> _Only | None:
        """Take what is changed where that is one row, and one statement may store it with all that is new.

        New rows of its own table come before it, since they may be in each other's way.
        """
        if not self.transaction.combines or len(changed) != 1 or changed[0].has_new:
            return None
        row = changed[0].take_only_update()
        return None if row is None else _Only(changed[0], row)

    async def _send_seen(
        self,
        only: _Only | None,
        new: Sequence[NewRows],
        events: Sequence[Event],
        witness: Witness,
        changes: Sequence[RowChange],
    ) -> None:
        """Have the changes noted, whatever becomes of the commit: after one that failed nobody knows."""
        announced = witness.announcement(changes)
        try:
            await self._send_last(only, new, [*events, *announced])
        except BaseException:
            # It may be carried out yet. Then the log tells of it, and that is no repetition.
            witness.saw(changes, ())
            raise
        witness.saw(changes, announced)

    async def _send(self) -> None:
        await self._send_new()
        await self._send_changes()

    async def _send_new(self) -> None:
        new = [one.take_new() for one in self._in_order() if one.has_new]
        for several in [new] if new and self.transaction.combines else [[one] for one in new]:
            await self._insert(several)

    async def _send_changes(self) -> None:
        changed = [repository for repository in self._in_order() if repository.has_changes]
        for repository in changed:
            await repository.update_changed()
        for repository in reversed(changed):
            await repository.delete_removed()

    async def _send_last(self, only: _Only | None, new: Sequence[NewRows], events: Sequence[Event]) -> None:
        """Store the last rows, with the events behind all of them, and commit."""
        several = [*new, _outbox_rows(events)] if events else new
        if only is not None and await self._sent_with(only, several):
            return
        if not self.transaction.combines:
            for one in several[:-1]:
                await self._insert([one])
            several = several[-1:]
        try:
            await self._writer.insert_and_commit(several)
        except REFUSED as error:
            self._tell_at_last(error, several)
            raise

    async def _sent_with(self, only: _Only, several: Sequence[NewRows]) -> bool:
        """Store the only row that is changed, and commit with it the new ones if they fit; tell whether they did."""
        repository, row = only
        goes_along = self._writer.fit_together(several)
        try:
            found = await (self._writer.update_and_commit(row, several) if goes_along else self._writer.update(row))
        except REFUSED as error:
            tell(error, self._written([row, *several]))
            raise
        await repository.check(row.id, found)
        return goes_along

    async def _insert(self, several: Sequence[NewRows]) -> None:
        try:
            await self._writer.insert(several)
        except REFUSED as error:
            tell(error, self._written(several))
            raise

    def _tell_at_last(self, error: Exception, last: Sequence[NewRows]) -> None:
        """Tell what is broken by the last rows, or by rows of others' tables, which may be checked no sooner."""
        foreign = [one.written for one in self._repositories.values() if isinstance(one, ForeignRepository)]
        (tell_refusal if foreign else tell)(error, [*self._written(last), *foreign])

    def _take_events(self) -> Sequence[Event]:
        recorded: list[Event] = []
        for repository in self._repositories.values():
            repository.take_events(recorded)
        return sorted(recorded, key=_by_event) if len(recorded) > 1 else recorded

    def _in_order(self) -> Sequence[SqlAlchemyRepository[Any]]:
        """Give what was asked for so far, each after those that its rows refer to."""
        names = sorted(self._repositories, key=self._tables.ranks.__getitem__)
        return [*map(self._repositories.__getitem__, names)]

    def _written(self, several: Sequence[NewRows | RowUpdate]) -> Sequence[Written]:
        tables = {one.table for one in several}
        return [written for repository in self._in_order() if (written := repository.written)[1] in tables]


def _outbox_rows(events: Sequence[Event]) -> NewRows:
    return NewRows(outbox, COLUMNS_OF_EVENTS, values_of(events))
