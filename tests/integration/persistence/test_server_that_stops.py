"""A PostgreSQL server that stops makes the store unavailable, and that it came back needs no telling."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.errors import Unavailable
from graphql_api.persistence.availability import unavailability_told
from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import reading
from tests.servers.fixtures import need_postgres
from tests.servers.restartable import RestartableServer, restartable_server
from tests.support.databases import engine_for, settings_for


@pytest.fixture(scope="module")
def server() -> Iterator[RestartableServer]:
    need_postgres()
    with restartable_server() as server:
        yield server


async def ask(engine: AsyncEngine) -> int:
    with unavailability_told():
        async with reading(engine) as connection:
            return int(await connection.scalar(text("SELECT 1")) or 0)


async def test_a_stopped_server_is_unavailable_until_it_is_back(server: RestartableServer) -> None:
    async with engine_for(settings_for(server.url, pool_timeout=2)) as engine:
        with pytest.raises(Unavailable):
            await ask(engine)
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(5))) == [1] * 5
        for _ in range(3):
            with pytest.raises(Unavailable):
                await ask(engine)
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(10))) == [1] * 10


async def test_connections_that_a_restart_cut_fail_no_request(server: RestartableServer) -> None:
    async with engine_for(settings_for(server.url, pool_timeout=2)) as engine:
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(10))) == [1] * 10
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(10))) == [1] * 10


async def test_readers_too_find_out_that_the_server_is_gone_and_back(server: RestartableServer) -> None:
    driver = create_driver(settings_for(server.url, pool_timeout=2))

    async def read(text: str = "SELECT 1") -> int:
        with unavailability_told():
            return int((await driver.fetch(text, ()))[0][0])

    try:
        with server.started():
            assert await asyncio.gather(*(read() for _ in range(10))) == [1] * 10
        with server.started():
            assert await asyncio.gather(*(read() for _ in range(10))) == [1] * 10
            waiting = asyncio.create_task(read("SELECT 1 FROM pg_sleep(60)"))
            await asyncio.sleep(0.2)
        for broken in (waiting, read(), read()):
            with pytest.raises(Unavailable):
                await broken
        with server.started():
            assert await read() == 1
    finally:
        await driver.close()


async def test_a_server_that_stops_within_a_statement_makes_it_unavailable(server: RestartableServer) -> None:
    async with engine_for(settings_for(server.url)) as engine:

        async def wait() -> None:
            with unavailability_told():
                async with reading(engine) as connection:
                    await connection.execute(text("SELECT pg_sleep(60)"))

        with server.started():
            await ask(engine)
            waiting = asyncio.create_task(wait())
            await asyncio.sleep(0.2)
        with pytest.raises(Unavailable):
            await waiting
