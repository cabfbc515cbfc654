"""The outbox as operators see it: how it stands, what was given up, and what may go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Delete, Select, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.caching.announcing import anything_of
from graphql_api.persistence.engine import reading
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.membership import among
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.signals import Signal, announce
from graphql_api.persistence.outbox.tables import outbox, outbox_publishers, rows_of

_UNSENT = and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event whose delivery was given up, and why."""

    event_id: UUID
    type: str
    entity_id: UUID
    attempts: int
    dead_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """How many events there are in each state; `oldest` is the moment of the oldest that is not delivered."""

    waiting: int
    retrying: int
    dead: int
    sent: int
    oldest: datetime | None
    publishers: dict[str, int]
    """How many events each publisher has yet to take."""


async def status(engine: AsyncEngine) -> OutboxStatus:
    """Count the events in each state."""
    counts = select(
        func.count().filter(_UNSENT, outbox.c.attempts == 0),
        func.count().filter(_UNSENT, outbox.c.attempts > 0),
        func.count().filter(outbox.c.dead_at.is_not(None)),
        func.count().filter(outbox.c.sent_at.is_not(None)),
        func.min(outbox.c.occurred_at).filter(_UNSENT),
        func.coalesce(func.max(outbox.c.position), 0),
    )
    async with reading(engine) as connection:
        waiting, retrying, dead, sent, oldest, latest = (await connection.execute(counts)).one()
        places = (await connection.execute(select(outbox_publishers))).all()
    return OutboxStatus(waiting, retrying, dead, sent, oldest, {name: latest - position for name, position in places})


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered: how many events wait, since when the oldest does, and how many were given up."""

    waiting: int
    oldest: datetime | None
    dead: int


async def backlog(engine: AsyncEngine) -> Backlog:
    """Look at what is not delivered, and at nothing of what is."""
    found = select(
        func.count().filter(outbox.c.dead_at.is_(None)),
        func.min(outbox.c.occurred_at).filter(outbox.c.dead_at.is_(None)),
        func.count().filter(outbox.c.dead_at.is_not(None)),
    ).where(outbox.c.sent_at.is_(None))
    async with reading(engine) as connection:
        return Backlog(*(await connection.execute(found)).one())


async def dead_letters(engine: AsyncEngine, limit: int) -> Sequence[DeadLetter]:
    """Read what was given up, oldest first."""
    columns = (outbox.c[name] for name in ("event_id", "type", "entity_id", "attempts", "dead_at", "error"))
    statement = select(*columns).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.position).limit(limit)
    async with reading(engine) as connection:
        return [DeadLetter(*row) for row in await connection.execute(statement)]


async def retry(engine: AsyncEngine, event_ids: Sequence[UUID] = ()) -> int:
    """Deliver again what was given up, all of it unless some are named, and return how many there are."""
    statement = update(outbox).where(outbox.c.dead_at.is_not(None)).values(dead_at=None, attempts=0, due_at=None)
    if event_ids:
        statement = statement.where(outbox.c.event_id.in_(event_ids))
    async with engine.begin() as connection:
        count = (await connection.execute(statement)).rowcount
        await announce(connection, Signal.GROWN)
    return count


async def tell_of_any_change(connection: AsyncConnection, entities: Iterable[str]) -> None:
    """Tell every server, with the commit of a transaction, that any rows of some entities may have changed."""
    await connection.execute(insert(outbox), rows_of([anything_of(entities)]))
    await announce(connection, Signal.COMMITTED)


async def clean(database: OutboxDatabase, before: datetime, publishers: Sequence[str], limit: int) -> int:
    """Delete events that were sent before a moment and taken by every publisher; return how many.

    The newest stays: positions are counted from it.
    """
    # Looked for without a transaction: on SQLite one would keep every writer waiting, mostly for nothing.
    found = await database.rows(_old, before, publishers, not publishers, limit)
    numbers = [row["number"] for row in found]
    if numbers:
        await database.change((_deletion, (numbers,)))
    return len(numbers)


def _old() -> Select[Any]:
    before, unpublished, limit = (
        literal(Hole(place), kind) for place, kind in ((0, outbox.c.sent_at.type), (2, Boolean()), (3, BigInteger()))
    )
    newest = select(func.max(outbox.c.position)).scalar_subquery()
    taken = select(func.min(outbox_publishers.c.position)).where(among(outbox_publishers.c.name, Hole(1)))
    return (
        select(outbox.c.number)
        .where(outbox.c.sent_at < before, outbox.c.position < newest)
        .where(or_(unpublished, outbox.c.position <= taken.scalar_subquery()))
        .order_by(outbox.c.sent_at)
        .limit(limit)
    )


def _deletion() -> Delete:
    return delete(outbox).where(among(outbox.c.number, Hole(0)))
