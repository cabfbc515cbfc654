"""One leader among all processes on a database: whoever holds a lock that ends with its holder."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.advisory_locks import AdvisoryLock

_LOCK_SUFFIX: Final = "-relay"


@asynccontextmanager
async def leading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection | None]:
    """Give a connection to the one process that leads, and None to the others.

    On PostgreSQL the lock belongs to that connection: whoever loses the one has lost the other, and can write nothing
    more through it. On SQLite it is that of a small file beside the database, which the system frees with the process.
    """
    async with engine.connect() as connection:
        holding = _holding_file if engine.dialect.name == "sqlite" else _holding_advisory_lock
        async with holding(connection) as holds:
            yield connection if holds else None


@asynccontextmanager
async def _holding_advisory_lock(connection: AsyncConnection) -> AsyncIterator[bool]:
    holds = bool(await connection.scalar(select(func.pg_try_advisory_lock(AdvisoryLock.RELAY.value))))
    await connection.commit()
    try:
        yield holds
    finally:
        if holds:
            # The connection goes back to its pool, or is lost, and the lock with it.
            with suppress(DBAPIError):
                await connection.rollback()
                await connection.scalar(select(func.pg_advisory_unlock(AdvisoryLock.RELAY.value)))
                await connection.commit()


@asynccontextmanager
async def _holding_file(connection: AsyncConnection) -> AsyncIterator[bool]:
    listed = (await connection.execute(text("PRAGMA database_list"))).all()
    await connection.rollback()
    file = next((row.file for row in listed if row.name == "main"), "")
    if not file:  # in memory, where nobody else is
        yield True
        return
    with _exclusive(f"{file}{_LOCK_SUFFIX}") as holds:
        yield holds


@contextmanager
def _exclusive(file: str) -> Iterator[bool]:
    """Hold a lock of SQLite's own on a file that nothing is written to, unless somebody else does."""
    lock = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        yield _taken(lock)
    finally:
        lock.close()


def _taken(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("PRAGMA journal_mode=MEMORY")  # or else a journal of nothing would lie there
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_BUSY":
            raise
        return False
    return True
