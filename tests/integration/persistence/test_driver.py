"""Drivers: what is slow, broken off or cut ends in time, and leaves them as they were."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from domain.kernel.errors import Unavailable
from graphql_api.persistence.availability import unavailability_told
from graphql_api.persistence.driver import Driver, create_driver
from graphql_api.settings import DatabaseSettings, DatabaseUrl

SLOW: Mapping[str, str] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
    "mysql": "SELECT sleep(30)",
}
OURS = "pg_stat_activity WHERE application_name = 'graphql-api' AND datname = current_database()"
"""The connections of the driver; other tests may have some to other databases of the server."""
ONE = "SELECT 1"
WRONG = "SELECT * FROM nowhere"
LONG = 10
"""Seconds that nothing takes but what is stuck, even on a machine that is busy."""


@asynccontextmanager
async def opened(database: DatabaseSettings, **options: Any) -> AsyncIterator[Driver]:
    driver = create_driver(database.model_copy(update=options))
    try:
        yield driver
    finally:
        await driver.close()


async def ask(driver: Driver, text: str = ONE) -> Sequence[Any]:
    with unavailability_told():
        return [row[0] for row in await driver.fetch(text, ())]


async def assert_healthy(driver: Driver) -> None:
    """Use more connections at once than there may be."""
    async with asyncio.timeout(LONG):
        assert await asyncio.gather(*(ask(driver) for _ in range(15))) == [[1]] * 15


async def test_a_statement_that_takes_too_long_ends(database: DatabaseSettings) -> None:
    async with opened(database, statement_timeout=0.3) as driver:
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await ask(driver, SLOW[database.url.dialect])
        assert 0.2 < time.monotonic() - started < LONG
        await assert_healthy(driver)


async def test_a_slow_statement_blocks_nobody_else_and_ends_when_it_is_cancelled(database: DatabaseSettings) -> None:
    async with opened(database, statement_timeout=2 * LONG) as driver:
        started = time.monotonic()
        for _ in range(3):
            slow = asyncio.create_task(ask(driver, SLOW[database.url.dialect]))
            await asyncio.sleep(0.05)
            await assert_healthy(driver)
            assert not slow.done()
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
        await assert_healthy(driver)
        assert time.monotonic() - started < LONG


async def test_waiting_for_a_connection_ends_and_gives_it_up(database: DatabaseSettings) -> None:
    async with opened(database, pool_size=1, pool_timeout=0.2) as driver:
        slow = asyncio.create_task(ask(driver, SLOW[database.url.dialect]))
        await asyncio.sleep(0.1)
        for _ in range(2):
            with pytest.raises(Unavailable):
                await ask(driver, SLOW[database.url.dialect])
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert await ask(driver) == [1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_closed_driver_opens_nothing(database: DatabaseSettings) -> None:
    async with opened(database) as driver:
        await assert_healthy(driver)
    for text in (ONE, SLOW["sqlite"]):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            await driver.fetch(text, ())


async def test_a_wrong_statement_stays_an_error(database: DatabaseSettings) -> None:
    async with opened(database) as driver:
        for _ in range(20):
            with pytest.raises(Exception, match="nowhere"):
                await ask(driver, WRONG)
        await assert_healthy(driver)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_connections_that_the_server_ended_fail_no_request(database: DatabaseSettings) -> None:
    other = await asyncpg.connect(database.url.reveal().replace("+asyncpg", ""))
    end = f"SELECT pg_terminate_backend(pid) FROM {OURS}"
    try:
        async with opened(database) as driver:
            for _ in range(3):
                await assert_healthy(driver)
                await other.execute(end)
                assert await asyncio.gather(*(ask(driver) for _ in range(10))) == [[1]] * 10
    finally:
        await other.close()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_cancelled_statement_no_longer_runs_on_the_server(database: DatabaseSettings) -> None:
    running = f"SELECT count(*) FROM {OURS} AND query LIKE '%pg_sleep(30)' AND state = 'active'"
    async with opened(database, statement_timeout=2 * LONG) as driver:
        slow = asyncio.create_task(ask(driver, SLOW["postgresql"]))
        while await ask(driver, running) == [0]:
            await asyncio.sleep(0.01)
        slow.cancel()
        async with asyncio.timeout(LONG):
            while await ask(driver, running) != [0]:
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_no_more_connections_are_opened_than_allowed(database: DatabaseSettings) -> None:
    async with opened(database, pool_size=3) as driver:
        await assert_healthy(driver)
        assert await ask(driver, f"SELECT count(*) FROM {OURS}") == [3]
        assert await ask(driver, "SHOW timezone") == ["UTC"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_sqlite_file_in_a_folder_that_does_not_exist_is_unavailable(database: DatabaseSettings) -> None:
    url = DatabaseUrl("sqlite:////nonexistent/store.sqlite")
    async with opened(database, url=url) as driver:
        with pytest.raises(Unavailable):
            await ask(driver)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_statement_that_takes_more_than_a_moment_ends_in_a_thread(database: DatabaseSettings) -> None:
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT count(*) FROM n"
    async with opened(database) as driver:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        turning = asyncio.create_task(turn())
        assert await ask(driver, counting) == [300_000]
        assert turns > 1
        turning.cancel()
        # What took long goes to a thread at once, and the rest does not.
        before = turns
        assert await ask(driver) == [1]
        assert turns == before
