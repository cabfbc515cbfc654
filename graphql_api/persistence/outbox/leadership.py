"""One leader among all processes on a database: whoever holds a lock that ends with its holder."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Protocol

import asyncpg

from graphql_api.persistence.advisory_locks import AdvisoryLock
from graphql_api.persistence.outbox.database import Make, OutboxDatabase
from graphql_api.persistence.postgresql import PostgresDriver

_LOCK_SUFFIX: Final = "-relay"
_LONGEST_SILENCE: Final = "idle_session_timeout"
_KNOWS_SILENCE: Final = 14  # the version of PostgreSQL


class Leader(Protocol):
    """Changes what only the one process that leads may change."""

    async def change(self, make: Make, *values: Any) -> int:
        """Change something, as a transaction of its own, and tell how many rows that were."""
        ...


@asynccontextmanager
async def leading(database: OutboxDatabase, silence: float) -> AsyncIterator[Leader | None]:
    """Give the one process that leads the way to change things, and None to the others.

    On PostgreSQL the lock belongs to the connection that changes are made through: whoever loses the one has lost the
    other, and can write nothing more. PostgreSQL ends it after so many seconds of `silence`, so that a process which
    hangs, or cannot be reached any more, does not lead for ever. On SQLite it is that of a small file beside the
    database, which the system frees with the process.
    """
    driver = database.driver
    if isinstance(driver, PostgresDriver):
        async with _holding_advisory_lock(database, driver, silence) as leader:
            yield leader
    else:
        async with _holding_file(database) as holds:
            yield _FileHolder(database) if holds else None


class _LockHolder:
    """Leads by the lock of one connection to PostgreSQL."""

    def __init__(self, database: OutboxDatabase, connection: asyncpg.Connection) -> None:
        self._database = database
        self._connection = connection

    async def change(self, make: Make, *values: Any) -> int:
        """Change something, as a transaction of its own, and tell how many rows that were."""
        template = self._database.template(make)
        status: str = await self._connection.execute(template.text, *template.arguments(values))
        return int(status.rpartition(" ")[2])


class _FileHolder:
    """Leads by the lock of a file, on SQLite."""

    def __init__(self, database: OutboxDatabase) -> None:
        self._database = database

    async def change(self, make: Make, *values: Any) -> int:
        """Change something, as a transaction of its own, and tell how many rows that were."""
        template = self._database.template(make)
        async with self._database.transaction() as transaction:
            count = await transaction.execute(template.text, template.arguments(values))
            await transaction.commit()
        return count


@asynccontextmanager
async def _holding_advisory_lock(
    database: OutboxDatabase, driver: PostgresDriver, silence: float
) -> AsyncIterator[Leader | None]:
    connection, lock = await driver.lend(), AdvisoryLock.RELAY.value
    try:
        holds = await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock)
        if holds:
            await _bound_silence(connection, silence)
        yield _LockHolder(database, connection) if holds else None
        if holds:
            await _bound_silence(connection, 0)
            await connection.fetchval("SELECT pg_advisory_unlock($1)", lock)
    except BaseException:
        # A statement may have been broken off. The server frees the lock with the connection.
        driver.discard(connection)
        raise
    driver.give_back(connection)


async def _bound_silence(connection: asyncpg.Connection, seconds: float) -> None:
    """Have PostgreSQL end a connection that sends nothing for so long, where it can do that; with 0 never."""
    if connection.get_server_version().major >= _KNOWS_SILENCE:
        milliseconds = str(round(seconds * 1_000))
        await connection.execute("SELECT set_config($1, $2, false)", _LONGEST_SILENCE, milliseconds)


@asynccontextmanager
async def _holding_file(database: OutboxDatabase) -> AsyncIterator[bool]:
    listed = await database.driver.fetch("PRAGMA database_list", ())
    file = next((path for _, name, path in listed if name == "main"), "")
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
