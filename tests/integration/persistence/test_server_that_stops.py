"""A PostgreSQL server that stops makes the store unavailable, and that it came back needs no telling."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.errors import Unavailable
from graphql_api.persistence.availability import unavailability_told
from graphql_api.persistence.engine import reading
from tests.servers.postgres import SETTINGS, bundled_binaries, initialise, reachable
from tests.servers.process import free_port, running, scratch_folder
from tests.support.databases import engine_for, settings_for


@dataclass(frozen=True)
class Server:
    """A server that can be started more than once, always under the same address."""

    programs: Path
    folder: Path
    user: str
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres:secret@127.0.0.1:{self.port}/postgres"

    def started(self) -> AbstractContextManager[int]:
        data = self.folder / "data"
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        status = data / "postmaster.pid"
        return running(
            [str(self.programs / "postgres"), "-D", str(data), *settings],
            ready=lambda: status.exists() and "\nready" in status.read_text(),
            log=self.folder / "log",
            user=self.user,
        )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    user = "nobody" if os.geteuid() == 0 else ""
    with scratch_folder() as folder:
        programs = reachable(bundled_binaries(), user, folder)
        home = folder / "postgres"
        home.mkdir(mode=0o700)
        password = home / "password"
        password.write_text("secret")
        if user:
            shutil.chown(home, user)
            shutil.chown(password, user)
        initialise(programs, home / "data", password, user)
        yield Server(programs, home, user, free_port())


async def ask(engine: AsyncEngine) -> int:
    with unavailability_told():
        async with reading(engine) as connection:
            return int(await connection.scalar(text("SELECT 1")) or 0)


async def test_a_stopped_server_is_unavailable_until_it_is_back(server: Server) -> None:
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


async def test_connections_that_a_restart_cut_fail_no_request(server: Server) -> None:
    async with engine_for(settings_for(server.url, pool_timeout=2)) as engine:
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(10))) == [1] * 10
        with server.started():
            assert await asyncio.gather(*(ask(engine) for _ in range(10))) == [1] * 10


async def test_a_server_that_stops_within_a_statement_makes_it_unavailable(server: Server) -> None:
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
