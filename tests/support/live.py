"""The application behind a real server in this event loop, and clients of its streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx2
import structlog
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from graphql_api import bootstrap
from graphql_api.app import served
from graphql_api.composition.application import Application
from graphql_api.http.authentication import Authenticator, StaticKeys
from graphql_api.http.draining import DrainingProtocol
from graphql_api.http.websocket.protocol import EndingProtocol
from graphql_api.observability.logging import configure_logging
from graphql_api.settings import DatabaseSettings
from tests.support.api import STAFF, settings_of
from tests.support.events import FAST, PATIENCE, until

PROTOCOL = "graphql-transport-ws"
_schema = cache(bootstrap.compose_schema)


@dataclass(frozen=True, slots=True)
class Live:
    """A server that listens, and the application behind it."""

    listening: socket.socket
    application: Application
    client: httpx2.AsyncClient

    @property
    def port(self) -> int:
        port: int = self.listening.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    async def post(self, document: str, **variables: Any) -> Any:
        """Run an operation without errors and return its data."""
        answer = (await self.client.post(self.url, json={"query": document, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]

    @asynccontextmanager
    async def socket(self, payload: object = None, **options: Any) -> AsyncIterator["Socket"]:
        """Connect and initialise a WebSocket."""
        async with self.raw(**options) as socket:
            await socket.send(type="connection_init", **({} if payload is None else {"payload": payload}))
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket

    @asynccontextmanager
    async def raw(self, protocol: str | None = PROTOCOL, **options: Any) -> AsyncIterator["Socket"]:
        """Connect a WebSocket."""
        address = self.url.replace("http", "ws", 1)
        async with connect(address, subprotocols=[protocol] if protocol else None, proxy=None, **options) as client:  # type: ignore[list-item]  # a NewType of text
            yield Socket(client, self.application)

    @asynccontextmanager
    async def events(
        self, document: str, headers: Mapping[str, str] | None = None, **variables: Any
    ) -> AsyncIterator[AsyncIterator[Mapping[str, str]]]:
        """Run an operation as server-sent events; what begins with the block is not missed."""
        body = {"query": document, "variables": variables}
        wanted = {"accept": "text/event-stream", **(headers or {})}
        async with self.client.stream("POST", self.url, json=body, headers=wanted) as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8", await response.aread()
            yield _events(response)


@dataclass(frozen=True, slots=True)
class Socket:
    """A client's side of graphql-transport-ws, message by message."""

    client: ClientConnection
    application: Application

    async def send(self, **message: Any) -> None:
        await self.client.send(json.dumps(message))

    async def subscribe(self, id: str, document: str, /, **variables: Any) -> None:
        await self.send(type="subscribe", id=id, payload={"query": document, "variables": variables})

    async def follow(self, id: str, document: str, /, **variables: Any) -> None:
        """Subscribe, and wait until nothing that happens is missed any more."""
        before = self.application.events.feed.followers
        await self.subscribe(id, document, **variables)
        await until(lambda: self.application.events.feed.followers > before)

    async def leave(self, id: str) -> None:
        """End a subscription, and wait until the server has done so."""
        before = self.application.events.feed.followers
        await self.send(type="complete", id=id)
        await until(lambda: self.application.events.feed.followers < before)

    async def receive(self) -> Any:
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.client.recv())

    async def closed(self) -> int:
        """Wait for the end and return its code."""
        async with asyncio.timeout(PATIENCE):
            await self.client.wait_closed()
        assert self.client.close_code is not None
        return self.client.close_code


@asynccontextmanager
async def live(
    database: DatabaseSettings, authenticator: Authenticator | None = None, **sections: Any
) -> AsyncIterator[Live]:
    """Serve the application while the block lasts; unless it is told otherwise to staff."""
    before = structlog.get_config()
    settings = settings_of("sqlite:///unused", **{"database": database, "outbox": FAST, **sections})
    configure_logging(settings.logging)
    with patch.object(bootstrap, "compose_schema", _schema):  # which takes most of a start
        application = bootstrap.compose(settings)
    app = served(application, authenticator or StaticKeys({}, without_key=STAFF))
    config = uvicorn.Config(
        app, port=0, http=DrainingProtocol, ws=EndingProtocol, log_config=None, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[assignment, method-assign]  # the signals are pytest's
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.01)
        # Without the certificates that it would look through for TLS.
        async with httpx2.AsyncClient(timeout=PATIENCE, verify=False, trust_env=False) as client:
            yield Live(server.servers[0].sockets[0], application, client)
    finally:
        server.should_exit = True
        await serving
        structlog.configure(**before)


async def _events(response: httpx2.Response) -> AsyncIterator[Mapping[str, str]]:
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if not line:
            if event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name.removesuffix(":")] = value
