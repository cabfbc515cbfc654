"""What has become of events on their way to those who react to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.clock import utc_now
from domain.kernel.event_log import LogEntry
from graphql_api.persistence.engine import reading
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

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def due(self, limit: int) -> Sequence[Due]:
        """Read what is to be delivered now, in order; nothing comes before an earlier event of the same entity."""
        now = utc_now()
        earlier = outbox.alias()
        waiting = select(earlier.c.number).where(
            earlier.c.entity_id == outbox.c.entity_id,
            earlier.c.position < outbox.c.position,
            earlier.c.sent_at.is_(None),
            earlier.c.dead_at.is_(None),
            earlier.c.due_at > now,
        )
        statement = (
            select(*ENTRY, outbox.c.attempts)
            .where(outbox.c.position.is_not(None), outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
            .where(or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now), ~waiting.exists())
            .order_by(outbox.c.position)
            .limit(limit)
        )
        async with reading(self._engine) as connection:
            return [Due(LogEntry(*row[:-1]), row[-1]) for row in await connection.execute(statement)]

    async def next_due(self) -> datetime | None:
        """Tell when the next of those that failed is to be delivered again."""
        earliest = select(func.min(outbox.c.due_at)).where(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
        async with reading(self._engine) as connection:
            due_at: datetime | None = await connection.scalar(earliest)
        return due_at

    async def settle(self, sent: Sequence[int], failed: Sequence[Failure]) -> None:
        """Remember how deliveries went."""
        now = utc_now()
        async with self._engine.begin() as connection:
            if sent:
                done = update(outbox).where(outbox.c.position.in_(sent)).values(sent_at=now, error=None, due_at=None)
                await connection.execute(done)
            for failure in failed:
                values = {
                    "attempts": outbox.c.attempts + 1,
                    "error": failure.error[:LONGEST_ERROR],
                    "due_at": failure.due_at,
                    "dead_at": now if failure.due_at is None else None,
                }
                await connection.execute(update(outbox).where(outbox.c.position == failure.position).values(values))

    async def place_of(self, publisher: str) -> int:
        """Give the last position that a publisher took; one that is new begins at the end of the log."""
        insert = sqlite_insert if self._engine.dialect.name == "sqlite" else postgresql_insert
        latest = select(func.coalesce(func.max(outbox.c.position), 0)).scalar_subquery()
        new = insert(outbox_publishers).values(name=publisher, position=latest).on_conflict_do_nothing()
        async with self._engine.begin() as connection:
            await connection.execute(new)
            place = select(outbox_publishers.c.position).where(outbox_publishers.c.name == publisher)
            return int(await connection.scalar(place) or 0)

    async def move(self, publisher: str, position: int) -> None:
        """Remember the last position that a publisher took."""
        moved = update(outbox_publishers).where(outbox_publishers.c.name == publisher).values(position=position)
        async with self._engine.begin() as connection:
            await connection.execute(moved)
