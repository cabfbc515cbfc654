"""Connections: what is slow or in the way ends in time, and leaves the pool as it was."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.bus import Dispatch
from domain.kernel.errors import Unavailable
from graphql_api.persistence.artist import artists
from graphql_api.persistence.availability import availability, unavailability_told
from graphql_api.persistence.engine import reading
from graphql_api.settings import DatabaseSettings
from tests.support.databases import engine_for
from tests.support.worlds import NOON, identity

SLOW: Mapping[str, str] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}
ENDLESS_ROWS: Mapping[str, str] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i % 100000 = 0",
    "postgresql": "SELECT pg_sleep(0.01) FROM generate_series(1, 10000)",
}
BRIEF = 2
"""Seconds in which a busy machine, too, starts ten connections at once and has an answer on each."""
LONG = 10
"""Seconds that nothing takes but what is stuck, even on a machine that is busy."""
ARTIST = {"id": identity("Artist", 0), "version": 1, "created_at": NOON, "updated_at": NOON, "name": "A"}


@asynccontextmanager
async def hurried(database: DatabaseSettings, **options: Any) -> AsyncIterator[AsyncEngine]:
    """Give an engine whose statements are ended when they are slow on purpose."""
    brief = {"statement_timeout": BRIEF, **options}
    async with engine_for(database.model_copy(update=brief)) as engine:
        yield engine


async def assert_healthy(engine: AsyncEngine) -> None:
    """Use every connection of the pool at once, to read and to write."""

    async def read() -> int:
        async with reading(engine) as connection:
            return int(await connection.scalar(text("SELECT 1")) or 0)

    assert await asyncio.gather(*(read() for _ in range(10))) == [1] * 10
    async with engine.begin() as connection:
        await connection.execute(artists.delete())
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a queue pool


@pytest.mark.parametrize("statements", [SLOW, ENDLESS_ROWS], ids=["one row", "many rows"])
@pytest.mark.parametrize("begin", [reading, AsyncEngine.begin], ids=["reading", "in a transaction"])
async def test_a_statement_that_takes_too_long_ends(
    database: DatabaseSettings, statements: Mapping[str, str], begin: Any
) -> None:
    async with hurried(database) as engine:
        started = time.monotonic()
        with pytest.raises(Unavailable), unavailability_told():
            async with begin(engine) as connection:
                await connection.execute(text(statements[engine.dialect.name]))
        assert 0.9 * BRIEF < time.monotonic() - started < LONG
        await assert_healthy(engine)


async def test_the_time_of_one_statement_does_not_count_for_the_next(database: DatabaseSettings) -> None:
    async with hurried(database) as engine, reading(engine) as connection:
        for _ in range(4):
            await asyncio.sleep(0.3 * BRIEF)
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_slow_statement_blocks_nobody_else(database: DatabaseSettings) -> None:
    async with hurried(database, statement_timeout=2 * LONG) as engine:

        async def run(statement: str) -> None:
            async with reading(engine) as connection:
                await connection.execute(text(statement))

        slow = asyncio.create_task(run(SLOW[engine.dialect.name]))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(LONG):
            await asyncio.gather(*(run("SELECT 1") for _ in range(5)))
        assert not slow.done()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow


@pytest.mark.parametrize("begin", [reading, AsyncEngine.begin], ids=["reading", "in a transaction"])
async def test_a_request_that_is_cancelled_ends_its_statement_and_gives_up_its_locks(
    database: DatabaseSettings, begin: Any
) -> None:
    async with engine_for(database.model_copy(update={"statement_timeout": 2 * LONG})) as engine:

        async def slow() -> None:
            async with begin(engine) as connection:
                if begin is not reading:
                    await connection.execute(insert(artists), ARTIST)
                await connection.execute(text(SLOW[engine.dialect.name]))

        started = time.monotonic()
        for _ in range(3):
            request = asyncio.create_task(slow())
            await asyncio.sleep(0.1)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
        async with reading(engine) as connection:
            assert (await connection.execute(artists.select())).all() == []
        await assert_healthy(engine)
        assert time.monotonic() - started < LONG


async def test_a_request_that_is_cancelled_while_it_waits_for_a_connection_leaves_the_pool_whole(
    database: DatabaseSettings,
) -> None:
    async with hurried(database, pool_size=1, pool_timeout=20) as engine:

        async def read() -> None:
            async with reading(engine) as connection:
                await connection.execute(text("SELECT 1"))

        async with reading(engine):
            request = asyncio.create_task(read())
            await asyncio.sleep(0.05)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
        await assert_healthy(engine)


async def test_an_exhausted_pool_is_unavailable_and_recovers(database: DatabaseSettings) -> None:
    async with hurried(database, pool_size=1, pool_timeout=2) as engine:
        async with reading(engine):
            with pytest.raises(Unavailable), unavailability_told():
                async with reading(engine):
                    pass
        await assert_healthy(engine)


async def test_readers_do_not_wait_for_a_writer(database: DatabaseSettings) -> None:
    async with hurried(database) as engine, engine.begin() as writer:
        await writer.execute(insert(artists), ARTIST)
        async with reading(engine) as reader:
            assert (await reader.execute(artists.select())).all() == []


async def test_a_wrong_statement_stays_an_error(database: DatabaseSettings) -> None:
    async with hurried(database) as engine:
        with pytest.raises(DBAPIError), unavailability_told():
            async with reading(engine) as connection:
                await connection.execute(text("SELECT * FROM nowhere"))
        await assert_healthy(engine)


async def test_a_missing_table_stays_an_error(unmigrated: DatabaseSettings) -> None:
    async with hurried(unmigrated) as engine:
        with pytest.raises(DBAPIError), unavailability_told():
            async with reading(engine) as connection:
                await connection.execute(artists.select())


async def test_a_dispatch_is_told_that_the_database_is_unavailable(database: DatabaseSettings) -> None:
    async with hurried(database) as engine:

        async def handle(_dispatch: Dispatch[Any]) -> None:
            async with reading(engine) as connection:
                await connection.execute(text(SLOW[engine.dialect.name]))

        with pytest.raises(Unavailable) as raised:
            await availability(Dispatch(object()), handle)
        assert raised.value.message == "The database cannot be used at the moment; try again later."


@pytest.fixture
def sqlite_file(request: pytest.FixtureRequest, database: DatabaseSettings) -> str:
    return database.url.reveal().partition("///")[2]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_sqlite_file_that_another_program_writes_to_is_unavailable_for_writing_alone(
    database: DatabaseSettings, sqlite_file: str
) -> None:
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        async with hurried(database) as engine:
            started = time.monotonic()
            with pytest.raises(Unavailable), unavailability_told():
                async with engine.begin():
                    pass
            assert 0.9 * BRIEF < time.monotonic() - started < LONG
            async with reading(engine) as connection:
                assert (await connection.execute(artists.select())).all() == []
            other.execute("ROLLBACK")
            await assert_healthy(engine)
    finally:
        other.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_sqlite_file_that_is_read_only_is_unavailable_for_writing_alone(
    database: DatabaseSettings, sqlite_file: str
) -> None:
    url = type(database.url)(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true")
    async with hurried(database.model_copy(update={"url": url})) as engine:
        async with reading(engine) as connection:
            assert (await connection.execute(artists.select())).all() == []
        with pytest.raises(Unavailable), unavailability_told():
            async with engine.begin() as connection:
                await connection.execute(insert(artists), ARTIST)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_sqlite_file_in_a_folder_that_does_not_exist_is_unavailable(database: DatabaseSettings) -> None:
    url = type(database.url)("sqlite:////nonexistent/store.sqlite")
    async with hurried(database.model_copy(update={"url": url})) as engine:
        with pytest.raises(Unavailable), unavailability_told():
            async with reading(engine):
                pass
        # The thread of a connection that was never made ends by itself, and wants to tell the loop.
        for thread in threading.enumerate():
            if "_connection_worker_thread" in thread.name:
                await asyncio.to_thread(thread.join, 5)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_sqlite_connections_are_set_up(database: DatabaseSettings) -> None:
    async with engine_for(database) as engine, reading(engine) as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert await connection.scalar(text("SELECT 'a' LIKE 'A'")) == 0
        assert await connection.scalar(text("SELECT fold_case('ΑΣ İ') = 'ασ i'"))  # noqa: RUF001  # Greek
        assert await connection.scalar(text("SELECT fold_case(NULL)")) is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_postgresql_connections_are_set_up(database: DatabaseSettings) -> None:
    async with hurried(database) as engine, reading(engine) as connection:
        assert await connection.scalar(text("SHOW statement_timeout")) == f"{BRIEF}s"
        assert await connection.scalar(text("SHOW timezone")) == "UTC"
        assert await connection.scalar(text("SHOW application_name")) == "graphql-api"
