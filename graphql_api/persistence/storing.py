"""Storing what a unit of work changed: in which order, by which statements, and what is told where one is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from domain.kernel.messages import Event
from domain.kernel.row_change import RowChange, Witness
from graphql_api.persistence.foreign_violations import tell_refusal
from graphql_api.persistence.foreign_writing import ForeignRepository
from graphql_api.persistence.known import Note
from graphql_api.persistence.outbox.tables import COLUMNS_OF_EVENTS, outbox, values_of
from graphql_api.persistence.repository import SqlAlchemyRepository
from graphql_api.persistence.violations import REFUSED, Written, tell
from graphql_api.persistence.writing import NewRows, RowUpdate, Writer

_by_event: Final = attrgetter("event_id")
_row_of: Final = attrgetter("row")


class _Only(NamedTuple):
    """The only row that is changed, and the collection that it is of."""

    repository: SqlAlchemyRepository[Any]
    row: RowUpdate


@dataclass(slots=True)  # one for each command: to freeze it would cost more than to make it
class Storing:
    """Stores the changes of collections, which go by the names of their entities: referred rows first, deleted last."""

    writer: Writer
    repositories: Mapping[str, SqlAlchemyRepository[Any]]
    witness: Witness | None

    async def store(self, notes: Sequence[Note]) -> Sequence[Event]:
        """Store every change, the notes, and the events behind all of them; commit, and give these, oldest first."""
        repositories, only = self._in_order(), None
        if changed := [one for one in repositories if one.entities.has_changes]:
            only = self._only(changed)
            if only is None:
                await self.send()
        new = [one.entities.take_new() for one in repositories if one.entities.has_new] + [*map(_row_of, notes)]
        events = self._take_events()
        if self.witness is None:
            await self._send_last(only, new, events)
        else:
            changes = [change for one in repositories for change in one.entities.take_changes()]
            changes += [note.change for note in notes]
            await self._send_seen(only, new, events, self.witness, changes)
        return events

    def _only(self, changed: Sequence[SqlAlchemyRepository[Any]]) -> _Only | None:
        """Take what is changed where that is one row, and one statement may store it with all that is new.

        New rows of its own table come before it, since they may be in each other's way.
        """
        if not self.writer.transaction.combines or len(changed) != 1 or changed[0].entities.has_new:
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

    async def send(self) -> None:
        """Send every change without committing."""
        await self._send_new()
        await self._send_changes()

    async def _send_new(self) -> None:
        new = [one.entities.take_new() for one in self._in_order() if one.entities.has_new]
        for several in [new] if new and self.writer.transaction.combines else [[one] for one in new]:
            await self._insert(several)

    async def _send_changes(self) -> None:
        changed = [repository for repository in self._in_order() if repository.entities.has_changes]
        for repository in changed:
            await repository.update_changed()
        for repository in reversed(changed):
            await repository.delete_removed()

    async def _send_last(self, only: _Only | None, new: Sequence[NewRows], events: Sequence[Event]) -> None:
        """Store the last rows, with the events behind all of them, and commit."""
        several = [*new, _outbox_rows(events)] if events else new
        if only is not None and await self._sent_with(only, several):
            return
        if not self.writer.transaction.combines:
            for one in several[:-1]:
                await self._insert([one])
            several = several[-1:]
        try:
            await self.writer.insert_and_commit(several)
        except REFUSED as error:
            self._tell_at_last(error, several)
            raise

    async def _sent_with(self, only: _Only, several: Sequence[NewRows]) -> bool:
        """Store the only row that is changed, and commit with it the new ones if they fit; tell whether they did."""
        repository, row = only
        goes_along = self.writer.fit_together(several)
        try:
            found = await (self.writer.update_and_commit(row, several) if goes_along else self.writer.update(row))
        except REFUSED as error:
            tell(error, self._written([row, *several]))
            raise
        await repository.check(row.id, found)
        return goes_along

    async def _insert(self, several: Sequence[NewRows]) -> None:
        try:
            await self.writer.insert(several)
        except REFUSED as error:
            tell(error, self._written(several))
            raise

    def _tell_at_last(self, error: Exception, last: Sequence[NewRows]) -> None:
        """Tell what is broken by the last rows, or by rows of others' tables, which may be checked no sooner."""
        foreign = [one.written for one in self.repositories.values() if isinstance(one, ForeignRepository)]
        (tell_refusal if foreign else tell)(error, [*self._written(last), *foreign])

    def _take_events(self) -> Sequence[Event]:
        recorded: list[Event] = []
        for repository in self.repositories.values():
            repository.entities.take_events(recorded)
        return sorted(recorded, key=_by_event) if len(recorded) > 1 else recorded

    def _in_order(self) -> Sequence[SqlAlchemyRepository[Any]]:
        """Give what was asked for so far, each after those that its rows refer to."""
        names = sorted(self.repositories, key=self.writer.shared.tables.ranks.__getitem__)
        return [*map(self.repositories.__getitem__, names)]

    def _written(self, several: Sequence[NewRows | RowUpdate]) -> Sequence[Written]:
        tables = {one.table for one in several}
        return [written for repository in self._in_order() if (written := repository.written)[1] in tables]


def _outbox_rows(events: Sequence[Event]) -> NewRows:
    return NewRows(outbox, COLUMNS_OF_EVENTS, values_of(events))
