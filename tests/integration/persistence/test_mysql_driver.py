"""The driver of MySQL and MariaDB: it ends what is slow or broken off, changes nothing, and takes values as values."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.kernel.errors import Unavailable
from graphql_api.persistence.engine import create_engine, reading
from graphql_api.persistence.health import DatabaseCheck
from graphql_api.persistence.query_plans import QueryPlans
from graphql_api.settings import DatabaseSettings
from tests.integration.persistence import test_driver as drivers
from tests.integration.persistence.test_driver import LONG, SLOW, ask, assert_healthy, opened
from tests.servers.mariadb import MariadbServer
from tests.support.databases import settings_for

OURS = "information_schema.processlist WHERE db = database()"

test_a_statement_that_takes_too_long_ends = drivers.test_a_statement_that_takes_too_long_ends
test_a_slow_statement_blocks_nobody_else = (
    drivers.test_a_slow_statement_blocks_nobody_else_and_ends_when_it_is_cancelled
)
test_waiting_for_a_connection_ends_and_gives_it_up = drivers.test_waiting_for_a_connection_ends_and_gives_it_up
test_a_wrong_statement_stays_an_error = drivers.test_a_wrong_statement_stays_an_error


@pytest.fixture
def database(mariadb_server: MariadbServer) -> Iterator[DatabaseSettings]:
    url = mariadb_server.create_database()
    mariadb_server.run("CREATE TABLE numbers (n INT); INSERT INTO numbers VALUES (1)", url)
    yield settings_for(url, read_only=True)
    mariadb_server.drop_database(url)


async def test_a_cancelled_statement_no_longer_runs_on_the_server(database: DatabaseSettings) -> None:
    running = f"SELECT count(*) FROM {OURS} AND info = 'SELECT sleep(30)'"
    async with opened(database, statement_timeout=2 * LONG) as driver:
        slow = asyncio.create_task(ask(driver, SLOW["mysql"]))
        while await ask(driver, running) == [0]:
            await asyncio.sleep(0.01)
        slow.cancel()
        async with asyncio.timeout(LONG):
            while await ask(driver, running) != [0]:
                await asyncio.sleep(0.01)


async def test_connections_that_the_server_ended_fail_no_request(
    database: DatabaseSettings, mariadb_server: MariadbServer
) -> None:
    url = database.url.reveal().replace("+asyncmy", "")

    def threads() -> list[str]:
        # But for that of the one who asks.
        return mariadb_server.run(f"SELECT id FROM {OURS} AND id <> connection_id()", url).split()

    async with opened(database) as driver:
        for _ in range(3):
            await assert_healthy(driver)
            mariadb_server.run("".join(f"KILL {thread};" for thread in threads()))
            assert await asyncio.gather(*(ask(driver) for _ in range(10))) == [[1]] * 10


async def test_no_more_connections_are_opened_than_allowed(database: DatabaseSettings) -> None:
    async with opened(database, pool_size=3) as driver:
        await assert_healthy(driver)
        assert await ask(driver, f"SELECT count(*) FROM {OURS}") == [3]
        assert await ask(driver, "SELECT @@time_zone") == ["+00:00"]


async def test_nothing_can_be_changed(database: DatabaseSettings) -> None:
    async with opened(database) as driver:
        for statement in ("DELETE FROM numbers", "INSERT INTO numbers VALUES (2)", "DROP TABLE numbers"):
            with pytest.raises(Exception, match="READ ONLY"):
                await ask(driver, statement)
        assert await ask(driver, "SELECT count(*) FROM numbers") == [1]


async def test_more_statements_than_are_kept_prepared_are_answered(database: DatabaseSettings) -> None:
    async with opened(database, pool_size=1) as driver:
        for _ in range(2):
            for number in range(200):
                assert await ask(driver, f"SELECT {number}") == [number]


async def test_the_plan_of_a_statement_is_told_by_the_tables_that_it_reads(database: DatabaseSettings) -> None:
    async with opened(database) as driver:
        steps = await QueryPlans(driver, "mysql").of("SELECT n FROM numbers WHERE n > ? ORDER BY n", [0])
    assert [(step["text"], step["details"], step["rows"]) for step in steps] == [
        ("SIMPLE on numbers: ALL", ["Using where; Using filesort"], 1)
    ]


async def test_a_server_that_is_away_is_unavailable(database: DatabaseSettings) -> None:
    away = settings_for("mysql://nobody@127.0.0.1:1/nothing", read_only=True)
    async with opened(away) as driver:
        with pytest.raises(Unavailable):
            await ask(driver)


async def test_the_engine_is_set_up_alike(database: DatabaseSettings) -> None:
    engine = create_engine(database)
    await DatabaseCheck(engine).check()
    async with reading(engine) as connection:
        (row,) = (await connection.exec_driver_sql("SELECT 'a' = 'A', 'a' = 'a ', @@time_zone")).all()
        assert tuple(row) == (0, 0, "+00:00")
    await engine.dispose()


VALUES = (
    st.none()
    | st.text(st.characters(codec="utf-8"))
    | st.integers(-(2**63), 2**63 - 1)
    | st.decimals(-(10**9), 10**9, places=4)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(VALUES, min_size=1, max_size=4))
async def test_values_come_back_as_they_were_sent(
    database: DatabaseSettings, values: list[str | int | Decimal | None]
) -> None:
    async with opened(database, pool_size=1) as driver:
        (row,) = await driver.fetch(f"SELECT {', '.join('?' * len(values))}", values)
    assert list(row) == values
