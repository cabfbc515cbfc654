"""The log as it is read and continued in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Update, bindparam, case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.clock import utc_now
from domain.kernel.event_log import LogEntry
from graphql_api.persistence.engine import reading
from graphql_api.persistence.outbox.tables import outbox

ENTRY = tuple(outbox.c[name] for name in ("position", "event_id", "entity_id", "type", "payload", "trace"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the order of commits: everything up to a position, and what was committed but had none yet."""

    position: int
    unplaced: frozenset[UUID]


class EventLog:
    """Reads the log."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def latest(self) -> int:
        """Give the last position that is taken, or 0."""
        async with reading(self._engine) as connection:
            return int(await connection.scalar(select(_latest())) or 0)

    async def now(self, most: int) -> Moment | None:
        """Tell what is committed by now, or None where more than so many events wait for their position."""
        unplaced = select(outbox.c.event_id).where(outbox.c.position.is_(None)).limit(most + 1)
        async with reading(self._engine) as connection:
            # In this order: what gets its position in between is up to the latest one then.
            waiting = frozenset(await connection.scalars(unplaced))
            latest = int(await connection.scalar(select(_latest())) or 0)
        return None if len(waiting) > most else Moment(latest, waiting)

    async def after(self, position: int, limit: int) -> Sequence[LogEntry]:
        """Read what follows a position, in order."""
        statement = select(*ENTRY).where(outbox.c.position > position).order_by(outbox.c.position).limit(limit)
        async with reading(self._engine) as connection:
            return [LogEntry(*row) for row in await connection.execute(statement)]

    async def is_behind(self) -> bool:
        """Tell whether events wait for their position, without a lock."""
        fresh = select(literal(1)).where(outbox.c.position.is_(None)).limit(1)
        async with reading(self._engine) as connection:
            return await connection.scalar(fresh) is not None

    async def position_of(self, event_id: UUID) -> int | None:
        """Find an event, or None where it is not in the log, or no longer."""
        statement = select(outbox.c.position).where(outbox.c.event_id == event_id)
        async with reading(self._engine) as connection:
            return await connection.scalar(statement)


async def continue_log(connection: AsyncConnection, limit: int, awaited: Collection[str]) -> int:
    """Give fresh events their positions, in the order they were stored in, and return how many there were.

    Only the leader does this, through its own connection: so positions are given in the order of commits, without
    gaps, and whoever has read up to one has missed nothing before it. Events of no `awaited` type are done with that.
    """
    async with connection.begin():
        moment = {"limit": limit, "now": utc_now()}
        return (await connection.execute(_continuation(frozenset(awaited)), moment)).rowcount


@lru_cache(maxsize=16)
def _continuation(awaited: Collection[str]) -> Update:
    fresh = (
        select(outbox.c.number, func.row_number().over(order_by=outbox.c.number).label("place"))
        .where(outbox.c.position.is_(None))
        .order_by(outbox.c.number)
        .limit(bindparam("limit", type_=BigInteger()))
        .subquery()
    )
    return (
        update(outbox)
        .where(outbox.c.number == fresh.c.number)
        .values(
            position=func.coalesce(select(_latest()).scalar_subquery(), 0) + fresh.c.place,
            sent_at=case((outbox.c.type.not_in(sorted(awaited)), bindparam("now", type_=outbox.c.sent_at.type))),
        )
    )


def _latest() -> ColumnElement[int | None]:
    return func.max(outbox.c.position)
