"""What waits in the outbox, for those who measure."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.clock import utc_now
from graphql_api.observability.metrics import EVENTS_GIVEN_UP, EVENTS_WAITING, OLDEST_EVENT, Metric, Read, Reading
from graphql_api.persistence.outbox.upkeep import Backlog, backlog

SECONDS: Final = 10.0
"""How often the database is asked, however often somebody measures."""


@asynccontextmanager
async def watching_backlog(engine: AsyncEngine, watch: Callable[[Metric, Read], None]) -> AsyncIterator[None]:
    """Look at what waits again and again, as long as the block lasts. Nothing is measured before the first look."""
    seen: list[Backlog] = []

    async def look() -> None:
        while True:
            # While the database is away, what was seen last grows older.
            with suppress(SQLAlchemyError, OSError):
                seen[:] = [await backlog(engine)]
            await asyncio.sleep(SECONDS)

    watch(EVENTS_WAITING, lambda: [(one.waiting, ()) for one in seen])
    watch(EVENTS_GIVEN_UP, lambda: [(one.dead, ()) for one in seen])
    watch(OLDEST_EVENT, lambda: _ages(seen))
    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


def _ages(seen: Iterable[Backlog]) -> Iterable[Reading]:
    return [((utc_now() - one.oldest).total_seconds() if one.oldest else 0.0, ()) for one in seen]
