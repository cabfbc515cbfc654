"""Clients that follow and do not read: what is kept for them is bounded, and they are given up in time."""

import asyncio
import gc
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from domain.kernel.event_log import Occurrence
from domain.track.events import TrackUpdated
from graphql_api.schema.identity import decode_id
from graphql_api.settings import DatabaseSettings
from tests.integration.events.test_feed import reached
from tests.integration.subscriptions.test_websocket import track
from tests.support.events import PATIENCE, outbox_at, store, until
from tests.support.live import Live, Socket, live

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BUFFER, EVENTS, AT_ONCE = 20, 200, 20
NARROW = 32_768  # bytes
NAME = "x" * 200
LONG = f"subscription {{ trackChanged {{ track {{ {' '.join(f'n{each}: name' for each in range(25))} }} }} }}"


@asynccontextmanager
async def narrow(server: Live) -> AsyncIterator[socket.socket]:
    """Connect by a way that little fits into."""
    server.listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, NARROW)
    with socket.socket() as way:
        way.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        way.setblocking(False)
        await asyncio.get_running_loop().sock_connect(way, ("127.0.0.1", server.port))
        yield way


async def much_happens(server: Live, id: str) -> None:
    """Have more happen than anybody wants to keep."""
    for _ in range(0, EVENTS, AT_ONCE):
        await store(server.application.engine, *(TrackUpdated(entity_id=decode_id(id).id) for _ in range(AT_ONCE)))


async def everything(client: Socket) -> AsyncIterator[Any]:
    """Read until the server closes the connection."""
    with suppress(ConnectionClosed):
        while True:
            yield json.loads(await client.client.recv())


async def test_a_socket_that_is_not_read_is_closed_with_a_code_that_says_so(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"buffer": 10 * EVENTS, "send_timeout": 0.2}) as server:
        id, feed = await track(server, NAME), server.application.events.feed
        async with (
            narrow(server) as way,
            server.socket(sock=way, max_queue=1, compression=None, ping_interval=None) as client,
        ):
            await client.follow("1", LONG)
            await much_happens(server, id)
            await until(lambda: feed.followers == 0)
            assert {message["type"] async for message in everything(client)} == {"next"}
            end = client.client.close_code, client.client.close_reason
            assert end == (1013, "The client does not read what it is sent")


async def test_what_waits_for_a_client_is_bounded_whatever_happens(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"buffer": BUFFER, "send_timeout": PATIENCE}) as server:
        id = await track(server, NAME)
        async with (
            outbox_at(database) as events,
            narrow(server) as way,
            server.socket(sock=way, max_queue=1, compression=None, ping_interval=None) as client,
        ):
            await client.follow("1", LONG)
            await much_happens(server, id)
            await until(lambda: reached(events, EVENTS))
            assert sum(type(one) is Occurrence for one in gc.get_objects()) < 2 * BUFFER
            messages = [message async for message in everything(client)]
            assert BUFFER <= len(messages) < EVENTS
            assert messages[-1]["payload"][0]["extensions"]["code"] == "FELL_BEHIND"
            assert client.client.close_code == 1013


async def test_a_stream_that_is_not_read_is_cut_off(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"buffer": 10 * EVENTS, "send_timeout": 0.2}) as server:
        id, feed = await track(server, NAME), server.application.events.feed
        body = json.dumps({"query": LONG})
        head = (
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        async with narrow(server) as way:
            await asyncio.get_running_loop().sock_sendall(way, (head + body).encode())
            await until(lambda: feed.followers == 1)
            await much_happens(server, id)
            await until(lambda: feed.followers == 0)
