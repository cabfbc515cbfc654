"""PostgreSQL restarted under load: clean answers meanwhile, and nothing to be done when it is back."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from tests.servers.fixtures import need_postgres
from tests.servers.restartable import RestartableServer, restartable_server
from tests.support.api import Api, serving, settings_of
from tests.support.databases import settings_for

CLIENTS, RESTARTS, PATIENCE = 12, 2, 30.0
CREATE = """mutation($name: String!) {
  result: createArtist(input: { name: $name }, idempotencyKey: $name) { __typename }
}"""
FIND = "query($name: String!) { artists(where: { name: { eq: $name } }) { totalCount } }"
NAMES = "{ artists(first: 1000, orderBy: [{ id: DESC }]) { nodes { name } } }"


@pytest.fixture
def server() -> Iterator[RestartableServer]:
    need_postgres()
    with restartable_server() as server:
        yield server


@dataclass
class Clients:
    """Several who keep sending commands and asking for what became of them."""

    api: Api
    acknowledged: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    stopping: bool = False

    async def keep_sending(self) -> None:
        while not self.stopping:
            name = str(uuid4())
            if await self._send(CREATE, name) is not None:
                self.acknowledged.append(name)
            await self._send(FIND, name)

    async def _send(self, document: str, name: str) -> Any:
        started = time.monotonic()
        reply = await self.api.answered(document, {"name": name})
        self.longest = max(self.longest, time.monotonic() - started)
        answer = reply.json()
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert set(codes) <= {"UNAVAILABLE"}, json.dumps(answer)
        self.codes.update(codes or ["OK"])
        return None if codes else answer["data"]

    async def until_more_are_acknowledged(self) -> None:
        known = len(self.acknowledged)
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < known + CLIENTS:
                await asyncio.sleep(0.01)


@pytest.mark.postgres
def test_requests_fail_cleanly_or_wait_and_succeed_once_it_is_back(server: RestartableServer) -> None:
    running = server.started()
    running.__enter__()
    try:
        database = settings_for(server.url, pool_timeout=2, migrate_on_start=True)
        settings = settings_of(server.url, database=database)
        with serving(settings) as api:
            clients = Clients(api)

            async def restart_under_load() -> None:
                nonlocal running
                sending = [asyncio.create_task(clients.keep_sending()) for _ in range(CLIENTS)]
                for _ in range(RESTARTS):
                    await clients.until_more_are_acknowledged()
                    await asyncio.to_thread(running.__exit__, None, None, None)
                    await asyncio.sleep(0.3)
                    running = server.started()
                    await asyncio.to_thread(running.__enter__)
                await clients.until_more_are_acknowledged()
                clients.stopping = True
                await asyncio.gather(*sending)

            api.run(restart_under_load())
            there = {node["name"] for node in api.data(NAMES)["artists"]["nodes"]}
    finally:
        running.__exit__(None, None, None)
    assert clients.codes["UNAVAILABLE"] > 0
    assert clients.longest < settings.http.request_timeout
    assert set(clients.acknowledged[-500:]) <= there
