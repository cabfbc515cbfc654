"""A client over a socket pair, to an application behind the server's own protocol."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from graphql_api.http.draining import DrainingProtocol
from tests.support.events import PATIENCE

DATE = (b"date", b"Thu, 26 Nov 2026 12:00:00 GMT")


@asynccontextmanager
async def client(
    app: ASGIApp, headers: Sequence[tuple[bytes, bytes]] = (DATE,), keep_alive: float = 5, sent: bytes = b""
) -> AsyncIterator[socket.socket]:
    """Connect to an application that uvicorn serves, which keeps an idle connection for so many seconds.

    What is `sent` is there before the server takes the connection, so that no time passes until it comes.
    """
    loop, state = asyncio.get_running_loop(), ServerState()
    state.default_headers = [*headers]
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
    config.timeout_keep_alive = keep_alive  # type: ignore[assignment]  # which need not be whole
    config.load()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with theirs:
        theirs.sendall(sent)
        transport, _ = await loop.connect_accepted_socket(lambda: DrainingProtocol(config, state, {}, loop), ours)
        try:
            yield theirs
        finally:
            transport.abort()
            await asyncio.gather(*state.tasks)


async def ask(connection: socket.socket, request: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Send a request, and give the status line, the headers and the body of its answer."""
    loop, received = asyncio.get_running_loop(), b""
    await loop.sock_sendall(connection, request)
    async with asyncio.timeout(PATIENCE):
        while b"\r\n\r\n" not in received:
            received += await _more(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        status, *headers = head.split(b"\r\n")
        lengths = [int(line.partition(b": ")[2]) for line in headers if line.startswith(b"content-length: ")]
        while len(body) < sum(lengths) and not request.startswith(b"HEAD"):
            body += await _more(connection)
    return status, sorted(headers), body


async def _more(connection: socket.socket) -> bytes:
    received = await asyncio.get_running_loop().sock_recv(connection, 65_536)
    assert received, "the connection was closed before the answer had come"
    return received
