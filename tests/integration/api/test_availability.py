"""A database that cannot be used: clients are told so in a sentence, and nothing has to be restarted afterwards."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from graphql_api.settings import DatabaseSettings, DatabaseUrl, HealthSettings, Settings
from tests.integration.api.doing import done
from tests.servers.forwarding import Address
from tests.servers.postgres import PostgresServer
from tests.support.api import Api, Fault, Reply, serving, settings_of
from tests.support.events import all_sent

READ = "{ artists { totalCount } }"
WRITE = 'mutation { createArtist(input: { name: "A" }) { __typename } }'
SECONDS = 20


def database(url: str, **options: Any) -> Settings:
    settings = DatabaseSettings(url=DatabaseUrl(url), migrate_on_start=True, pool_size=2, pool_timeout=2, **options)
    return settings_of(url, database=settings, health=HealthSettings(timeout=2))


@pytest.fixture
def password(postgres_server: PostgresServer) -> str:
    return urlsplit(postgres_server.administration).password or ""


@pytest.fixture
def wire(postgres_url: str) -> Address:
    parts = urlsplit(postgres_url)
    return Address(parts.hostname or "", parts.port or 0)


@pytest.fixture
def api(wire: Address, postgres_url: str) -> Iterator[Api]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        # The port has to be known before there is an application; its own loop serves it afterwards.
        runner.run(wire.mend())
        runner.run(wire.cut())
    parts = urlsplit(postgres_url)
    user = parts.netloc.rpartition("@")[0]
    url = parts._replace(netloc=f"{user}@127.0.0.1:{wire.port}").geturl()
    settings = database(postgres_url)
    with serving(settings):
        pass  # which makes the tables
    through_wire = DatabaseSettings(url=DatabaseUrl(url), pool_size=2, pool_timeout=2)
    with serving(settings_of(url, database=through_wire, health=HealthSettings(timeout=2))) as api:
        api.run(wire.mend())
        yield api
        api.run(wire.cut())


def unavailable(fault: Fault, password: str) -> bool:
    said = str(fault.error)
    assert (fault.status, fault.code) == (200, "UNAVAILABLE")
    assert fault.message == "The database cannot be used at the moment; try again later."
    assert not any(word in said for word in (password, "127.0.0.1", "postgres", "sqlalchemy", "Traceback"))
    return True


def test_a_server_that_is_gone_is_told_of_and_found_again(api: Api, wire: Address, password: str) -> None:
    done(api, "createArtist", name="before")
    for _ in range(2):
        api.run(wire.cut())
        for document in (
            READ,
            WRITE,
            '{ node(id: "QXJ0aXN0OjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ==") { id } }',
        ):
            assert unavailable(api.fault(document), password)
        assert api.request("GET", "/health/live").status == 200
        ready = api.request("GET", "/health/ready")
        assert ready.status == 503
        assert password not in ready.body.decode()
        api.run(wire.mend())
        assert api.request("GET", "/health/ready").status == 200
        assert api.data(READ) == {"artists": {"totalCount": 1}}
    done(api, "createArtist", name="after")
    assert api.data(READ) == {"artists": {"totalCount": 2}}


def test_a_connection_that_breaks_under_a_statement_is_told_of(
    api: Api, wire: Address, postgres_url: str, password: str
) -> None:
    async def break_while_waiting() -> tuple[Reply, Reply]:
        async with artists_locked(postgres_url) as waiting, asyncio.timeout(SECONDS):
            asking = [asyncio.create_task(api.answered(document)) for document in (READ, WRITE)]
            await waiting(2)
            await wire.cut()
            read, write = await asyncio.gather(*asking)
            return read, write

    for reply in api.run(break_while_waiting()):
        (error,) = reply.json()["errors"]
        assert unavailable(Fault(reply.status, error["extensions"]["code"], error["message"], error), password)
    api.run(wire.mend())
    assert api.data(READ)["artists"]["totalCount"] in {0, 1}


@contextlib.asynccontextmanager
async def artists_locked(url: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Lock the table while the block lasts, and give what waits until so many others wait for it."""
    blocker, watcher = await asyncpg.connect(url), await asyncpg.connect(url)
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    async def waiting(count: int) -> None:
        async with asyncio.timeout(SECONDS):
            while await watcher.fetchval(query) < count:
                await asyncio.sleep(0.01)

    try:
        await blocker.execute("BEGIN; LOCK TABLE artists IN ACCESS EXCLUSIVE MODE")
        yield waiting
    finally:
        await blocker.close()
        await watcher.close()


def test_a_statement_that_takes_too_long_is_stopped(postgres_url: str) -> None:
    with serving(database(postgres_url, statement_timeout=1)) as api:

        async def ask_while_locked() -> Reply:
            async with artists_locked(postgres_url), asyncio.timeout(SECONDS):
                return await api.answered(READ)

        assert api.run(ask_while_locked()).json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert api.data(READ) == {"artists": {"totalCount": 0}}


def test_waiting_for_a_free_connection_has_an_end(postgres_url: str) -> None:
    settings = DatabaseSettings(url=DatabaseUrl(postgres_url), migrate_on_start=True, pool_size=1, pool_timeout=0.2)
    with serving(settings_of(postgres_url, database=settings)) as api:

        async def ask_while_busy() -> tuple[Reply, Reply]:
            async with asyncio.timeout(SECONDS):
                async with artists_locked(postgres_url) as waiting:
                    first = asyncio.create_task(api.answered(READ))
                    await waiting(1)
                    second = await api.answered(READ)
                return await first, second

        first, second = api.run(ask_while_busy())
        assert first.json() == {"data": {"artists": {"totalCount": 0}}}
        assert second.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


def test_a_server_that_is_not_there_at_the_start_does_not_keep_reads_from_failing_clearly() -> None:
    url = "postgresql://nobody:hunter2@127.0.0.1:9/nowhere"
    settings = DatabaseSettings(url=DatabaseUrl(url), pool_timeout=2)
    with serving(settings_of(url, database=settings)) as api:
        assert unavailable(api.fault(READ), "hunter2")


def test_a_file_that_somebody_else_writes_to_is_told_of_after_a_while(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with serving(database(url, statement_timeout=1)) as api:
        done(api, "createArtist", name="before")
        api.run(all_sent(database(url).database))
        with contextlib.closing(sqlite3.connect(tmp_path / "store.sqlite")) as other:
            other.execute("BEGIN IMMEDIATE")
            assert unavailable(api.fault(WRITE), str(tmp_path))
            assert api.data(READ) == {"artists": {"totalCount": 1}}
        done(api, "createArtist", name="after")
        assert api.data(READ) == {"artists": {"totalCount": 2}}


@pytest.fixture
def connections_given_up() -> Callable[[], Coroutine[Any, Any, None]]:
    """Give what waits for the threads of connections that the test began, which still report to the loop."""
    before = set(threading.enumerate())

    async def given_up() -> None:
        async with asyncio.timeout(SECONDS):
            while any("_connection_worker_thread" in one.name for one in set(threading.enumerate()) - before):
                await asyncio.sleep(0.01)

    return given_up


def test_a_file_that_is_no_database_is_told_of_without_its_name(
    tmp_path: Path, connections_given_up: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    path = tmp_path / "store.sqlite"
    settings = DatabaseSettings(url=DatabaseUrl(f"sqlite:///{path}"))
    path.write_bytes(b"no database" * 1_000)
    with serving(settings_of(f"sqlite:///{path}", database=settings)) as api:
        fault = api.fault(READ)
        api.run(connections_given_up())
    assert (fault.code, fault.message) == ("INTERNAL_SERVER_ERROR", "Internal server error")
    assert "store.sqlite" not in str(fault.error)


def test_a_folder_that_is_not_there_is_told_of(
    tmp_path: Path, connections_given_up: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    url = f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite'}"
    with serving(settings_of(url, database=DatabaseSettings(url=DatabaseUrl(url)))) as api:
        assert unavailable(api.fault(READ), "nowhere")
        api.run(connections_given_up())
