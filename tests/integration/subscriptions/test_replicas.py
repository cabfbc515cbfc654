"""Several servers on one database, with Redis between them: everybody hears of everything, whatever Redis does."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.integration.subscriptions.test_websocket import CREATE
from tests.servers.postgres import PostgresServer
from tests.servers.process import free_port
from tests.servers.valkey import running_valkey, url
from tests.support.api import serving, settings_of
from tests.support.events import PATIENCE, until
from tests.support.live import PROTOCOL
from tests.support.server_process import ServerProcess

NAMES = "subscription { trackChanged { track { name } } }"
FIRST = "probe"


class Subscriber:
    """A client of one server, and what it was told."""

    def __init__(self, client: ClientConnection) -> None:
        self._client = client
        self.heard: list[str] = []

    async def listen(self) -> None:
        await self._send(type="connection_init")
        await self._client.recv()
        await self._send(type="subscribe", id="1", payload={"query": NAMES})
        async for message in self._client:
            self.heard.append(json.loads(message)["payload"]["data"]["trackChanged"]["track"]["name"])

    async def _send(self, **message: Any) -> None:
        await self._client.send(json.dumps(message))


@contextmanager
def replicas(folder: Path, database: str, redis: str) -> Iterator[list[ServerProcess]]:
    """Run two servers."""
    settings: dict[str, Any] = {
        "DATABASE__URL": database,
        "DATABASE__MIGRATE_ON_START": "true",
        "DATABASE__SEED_ON_START": "false",
        "REDIS__URL": redis,
        "LOGGING__LEVEL": "error",
        "LOGGING__FORMAT": "console",
    }
    with ExitStack() as stack:
        servers = [ServerProcess(folder, "--port", "0", **settings) for _ in range(2)]
        for server in servers:
            stack.callback(server.close)
        assert all(server.url for server in servers)
        yield servers


async def test_every_replica_tells_of_every_commit_though_redis_is_restarted(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    port = free_port()
    with replicas(tmp_path, postgres_server.create_database(), url(port)) as servers:

        async def create(number: int, name: str) -> None:
            await asyncio.to_thread(servers[number % 2].ask, CREATE, name=name)

        async with AsyncExitStack() as clients, asyncio.timeout(4 * PATIENCE), asyncio.TaskGroup() as listening:
            subscribers = []
            for server in servers:
                address = server.url.replace("http", "ws", 1)
                client = await clients.enter_async_context(connect(address, subprotocols=[PROTOCOL], proxy=None))  # type: ignore[list-item]  # a NewType of text
                subscribers.append(Subscriber(client))
            tasks = [listening.create_task(subscriber.listen()) for subscriber in subscribers]
            with running_valkey(port=port):
                while not all(subscriber.heard for subscriber in subscribers):
                    await create(0, FIRST)
                for number in range(10):
                    await create(number, str(number))
            for number in range(10, 20):
                await create(number, str(number))
            with running_valkey(port=port):
                for number in range(20, 30):
                    await create(number, str(number))
                await until(lambda: all("29" in subscriber.heard for subscriber in subscribers))
            for task in tasks:
                task.cancel()
    for subscriber in subscribers:
        assert [name for name in subscriber.heard if name != FIRST] == [str(number) for number in range(30)]


def test_a_server_whose_redis_is_full_is_degraded(tmp_path: Path) -> None:
    with running_valkey(options=("--maxmemory", "1", "--maxmemory-policy", "noeviction")) as full:
        settings = settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", redis={"url": full})
        with serving(settings) as api:
            ready = api.request("GET", "/health/ready")
    assert (ready.status, ready.json()["status"]) == (200, "degraded")
    assert ready.json()["checks"]["redis"]["error"] == "OutOfMemoryError"


@pytest.mark.parametrize("own_tables", [True, False])
def test_a_server_without_its_redis_is_degraded_and_takes_requests(tmp_path: Path, *, own_tables: bool) -> None:
    port = free_port()
    settings = settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", redis={"url": url(port)})
    database = settings.database.model_copy(update={"own_tables": own_tables})
    with serving(settings.model_copy(update={"database": database})) as api:
        for _ in range(2):
            absent = api.request("GET", "/health/ready")
            assert (absent.status, absent.json()["status"]) == (200, "degraded")
            assert absent.json()["checks"]["redis"]["error"] == "ConnectionError"
            assert str(port) not in absent.body.decode()
            with running_valkey(port=port):
                present = api.request("GET", "/health/ready")
                assert present.json()["status"] == "ready"
                assert present.json()["checks"]["redis"]["status"] == "passed"
