"""One transaction that fills or empties the catalogue, while every other one waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import delete, false, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.advisory_locks import AdvisoryLock
from graphql_api.persistence.artist import artists
from graphql_api.seeding.errors import DatabaseBusy

WAIT_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1
_TRY_LOCK: Final = select(func.pg_try_advisory_xact_lock(AdvisoryLock.SEEDING.value))
_TOOK_TOO_LONG: Final = ("55P03", "57014")  # a lock was not available, a statement met its time limit


@asynccontextmanager
async def exclusive(engine: AsyncEngine, wait_seconds: float = WAIT_SECONDS) -> AsyncIterator[AsyncConnection]:
    """Give the connection of a transaction that is committed at the end, or leaves nothing behind.

    Raises DatabaseBusy where another one holds the lock for too long; on SQLite the engine's own limit decides.
    """
    on_postgresql = engine.dialect.name == "postgresql"
    if on_postgresql:
        # Under a stricter level what is read would be as old as the wait for the lock.
        engine = engine.execution_options(isolation_level="READ COMMITTED")
    try:
        async with engine.begin() as connection:
            await (_take_advisory_lock(connection, wait_seconds) if on_postgresql else _take_write_lock(connection))
            yield connection
    except DBAPIError as error:
        if _is_busy(error):
            raise DatabaseBusy from error
        raise


async def _take_write_lock(connection: AsyncConnection) -> None:
    """Take SQLite's lock before anything is read, by a write that changes nothing."""
    await connection.execute(delete(artists).where(false()))


async def _take_advisory_lock(connection: AsyncConnection, wait_seconds: float) -> None:
    """Ask again and again: a statement that waited for the lock would run into the time limit of statements."""
    try:
        async with asyncio.timeout(wait_seconds):
            while not await connection.scalar(_TRY_LOCK):  # noqa: ASYNC110  # other processes tell of nothing
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise DatabaseBusy from error


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's code of an error, which asyncpg's own exception carries."""
    return getattr(error.orig.__cause__, "sqlstate", None) if error.orig else None


def _is_busy(error: DBAPIError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", None) or ""
    return name.startswith("SQLITE_BUSY") or sqlstate(error) in _TOOK_TOO_LONG
