"""A server that stops while somebody is in line."""

import asyncio
import socket

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from graphql_api.http.answer import Answer
from graphql_api.http.draining import DrainingProtocol
from graphql_api.http.server import DrainingServer
from tests.support.events import PATIENCE

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


async def answer_ok(_scope: Scope, _receive: Receive, send: Send) -> None:
    await Answer(200, b"ok").send(send, "r1")


async def started(listening: socket.socket) -> DrainingServer:
    config = uvicorn.Config(answer_ok, http=DrainingProtocol, lifespan="off", log_config=None, proxy_headers=False)
    config.load()
    server = DrainingServer(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listening])
    return server


@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside others"])
async def test_whoever_is_connected_but_in_line_is_answered(others: bool) -> None:
    """Law: what the system has let in before a stop is answered, by whichever process stops."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    another = listening.dup() if others else None
    server = await started(listening)
    # Nothing yields to the event loop, so that it has not seen the connections when the stop begins.
    clients = [socket.create_connection(address) for _ in range(20)]
    for client in clients:
        client.sendall(REQUEST)
    if another is not None:
        another.close()
    await server.shutdown([listening])
    for client in clients:
        with client:
            client.settimeout(PATIENCE)
            answer = await asyncio.to_thread(_to_the_end, client)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"ok")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def _to_the_end(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65_536), b""))
