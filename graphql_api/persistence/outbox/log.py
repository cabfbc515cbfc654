"""The log as it is read and continued in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, Update, case, func, literal, select, update

from domain.kernel.clock import utc_now
from domain.kernel.event_log import LogEntry
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.membership import among
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.leadership import Leader
from graphql_api.persistence.outbox.tables import outbox

ENTRY = tuple(outbox.c[name] for name in ("position", "event_id", "entity_id", "type", "payload", "trace"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the order of commits: everything up to a position, and what was committed but had none yet."""

    position: int
    unplaced: frozenset[UUID]


class EventLog:
    """Reads the log."""

    def __init__(self, database: OutboxDatabase) -> None:
        self._database = database

    async def latest(self) -> int:
        """Give the last position that is taken, or 0."""
        (row,) = await self._database.rows(_latest_position)
        return int(row["latest"])

    async def now(self, most: int) -> Moment | None:
        """Tell what is committed by now, or None where more than so many events wait for their position."""
        # In this order: what gets its position in between is up to the latest one then.
        waiting = frozenset([row["event_id"] for row in await self._database.rows(_unplaced, most + 1)])
        latest = await self.latest()
        return None if len(waiting) > most else Moment(latest, waiting)

    async def after(self, position: int, limit: int) -> Sequence[LogEntry]:
        """Read what follows a position, in order."""
        return [LogEntry(*row.values()) for row in await self._database.rows(_after, position, limit)]

    async def is_behind(self) -> bool:
        """Tell whether events wait for their position, without a lock."""
        return bool(await self._database.rows(_unplaced, 1))

    async def position_of(self, event_id: UUID) -> int | None:
        """Find an event, or None where it is not in the log, or no longer."""
        found = await self._database.rows(_position, event_id)
        return found[0]["position"] if found else None


async def continue_log(leader: Leader, limit: int, awaited: Collection[str]) -> int:
    """Give fresh events their positions, in the order they were stored in, and return how many there were.

    Only the leader does this, through its own connection: so positions are given in the order of commits, without
    gaps, and whoever has read up to one has missed nothing before it. Events of no `awaited` type are done with that.
    """
    return await leader.change(_continuation, limit, sorted(awaited), utc_now())


def _continuation() -> Update:
    fresh = (
        select(outbox.c.number, func.row_number().over(order_by=outbox.c.number).label("place"))
        .where(outbox.c.position.is_(None))
        .order_by(outbox.c.number)
        .limit(literal(Hole(0), BigInteger()))
        .subquery()
    )
    is_awaited, now = among(outbox.c.type, Hole(1)), literal(Hole(2), outbox.c.sent_at.type)
    latest = select(_latest()).scalar_subquery()
    return (
        update(outbox)
        .where(outbox.c.number == fresh.c.number)
        .values(position=latest + fresh.c.place, sent_at=case((~is_awaited, now)))
    )


def _latest_position() -> Select[Any]:
    return select(_latest().label("latest"))


def _unplaced() -> Select[Any]:
    return select(outbox.c.event_id).where(outbox.c.position.is_(None)).limit(literal(Hole(0), BigInteger()))


def _after() -> Select[Any]:
    place, limit = (literal(Hole(number), BigInteger()) for number in range(2))
    return select(*ENTRY).where(outbox.c.position > place).order_by(outbox.c.position).limit(limit)


def _position() -> Select[Any]:
    return select(outbox.c.position).where(outbox.c.event_id == literal(Hole(0), outbox.c.event_id.type))


def _latest() -> ColumnElement[int]:
    return func.coalesce(func.max(outbox.c.position), 0)
