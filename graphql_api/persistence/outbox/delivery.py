"""What has become of events on their way to those who react to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Insert, Select, Update, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.kernel.clock import utc_now
from domain.kernel.event_log import LogEntry
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.membership import among
from graphql_api.persistence.outbox.database import Make, OutboxDatabase
from graphql_api.persistence.outbox.log import ENTRY
from graphql_api.persistence.outbox.tables import outbox, outbox_publishers

LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Due:
    """An event that is to be delivered, and how often that has failed."""

    entry: LogEntry
    attempts: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that failed; without `due_at` it is given up."""

    position: int
    error: str
    due_at: datetime | None


class Deliveries:
    """Remembers what was delivered, for one leader."""

    def __init__(self, database: OutboxDatabase) -> None:
        self._database = database

    async def due(self, limit: int) -> Sequence[Due]:
        """Read what is to be delivered now, in order; nothing comes before an earlier event of the same entity."""
        found = await self._database.rows(_due, utc_now(), limit)
        return [Due(LogEntry(*entry), attempts) for *entry, attempts in (row.values() for row in found)]

    async def next_due(self) -> datetime | None:
        """Tell when the next of those that failed is to be delivered again."""
        (row,) = await self._database.rows(_next_due)
        due_at: datetime | None = row["due_at"]
        return due_at

    async def settle(self, sent: Sequence[int], failed: Sequence[Failure]) -> None:
        """Remember how deliveries went."""
        now = utc_now()
        changes: list[tuple[Make, Sequence[Any]]] = [(_sent, (sent, now))] if sent else []
        for failure in failed:
            dead_at = now if failure.due_at is None else None
            changes.append((_failed, (failure.position, failure.error[:LONGEST_ERROR], failure.due_at, dead_at)))
        if changes:
            await self._database.change(*changes)

    async def place_of(self, publisher: str) -> int:
        """Give the last position that a publisher took; one that is new begins at the end of the log."""
        new = _new_on_sqlite if self._database.is_sqlite else _new_on_postgresql
        await self._database.change((new, (publisher,)))
        (row,) = await self._database.rows(_place, publisher)
        return int(row["position"])

    async def move(self, publisher: str, position: int) -> None:
        """Remember the last position that a publisher took."""
        await self._database.change((_moved, (publisher, position)))


def _due() -> Select[Any]:
    now, limit = _moment(0), literal(Hole(1), BigInteger())
    earlier = outbox.alias()
    waiting = select(earlier.c.number).where(
        earlier.c.entity_id == outbox.c.entity_id,
        earlier.c.position < outbox.c.position,
        earlier.c.sent_at.is_(None),
        earlier.c.dead_at.is_(None),
        earlier.c.due_at > now,
    )
    return (
        select(*ENTRY, outbox.c.attempts)
        .where(outbox.c.position.is_not(None), outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
        .where(or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now), ~waiting.exists())
        .order_by(outbox.c.position)
        .limit(limit)
    )


def _next_due() -> Select[Any]:
    earliest = func.min(outbox.c.due_at).label("due_at")
    return select(earliest).where(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))


def _sent() -> Update:
    return update(outbox).where(among(outbox.c.position, Hole(0))).values(sent_at=_moment(1), error=None, due_at=None)


def _failed() -> Update:
    position, error = literal(Hole(0), BigInteger()), literal(Hole(1), outbox.c.error.type)
    values = {"attempts": outbox.c.attempts + 1, "error": error, "due_at": _moment(2), "dead_at": _moment(3)}
    return update(outbox).where(outbox.c.position == position).values(values)


def _new_on_sqlite() -> Insert:
    return sqlite_insert(outbox_publishers).values(_new()).on_conflict_do_nothing().inline()


def _new_on_postgresql() -> Insert:
    return postgresql_insert(outbox_publishers).values(_new()).on_conflict_do_nothing().inline()


def _new() -> dict[str, Any]:
    return {"name": _name(), "position": select(func.coalesce(func.max(outbox.c.position), 0)).scalar_subquery()}


def _place() -> Select[Any]:
    return select(outbox_publishers.c.position).where(outbox_publishers.c.name == _name())


def _moved() -> Update:
    position = literal(Hole(1), BigInteger())
    return update(outbox_publishers).where(outbox_publishers.c.name == _name()).values(position=position)


def _name() -> BindParameter[Any]:
    return literal(Hole(0), outbox_publishers.c.name.type)


def _moment(place: int) -> BindParameter[Any]:
    return literal(Hole(place), outbox.c.due_at.type)
