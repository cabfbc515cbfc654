"""Heads have a bound, and what is no head is not measured by it."""

import asyncio
from contextlib import suppress

import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from graphql_api.http.answer import Answer
from graphql_api.http.heads import LARGEST_HEAD
from tests.support.events import PATIENCE
from tests.unit.http.connecting import ask, client

LINES = 20 * (b"x-a: " + 1_000 * b"a" + b"\r\n")
MOST_LINES_SENT = 100


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    await Answer(200, b"%d" % len(await Request(scope, receive).body())).send(send, "r1")


@pytest.mark.parametrize(
    ("beginning", "what"),
    [
        (b"", b"head"),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", b"trailers"),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"trailers"),
    ],
)
async def test_what_has_no_end_is_refused(beginning: bytes, what: bytes) -> None:
    loop = asyncio.get_running_loop()
    async with client(count) as connection:
        await loop.sock_sendall(connection, b"POST / HTTP/1.1\r\nHost: test\r\n" + beginning)
        answered = asyncio.create_task(loop.sock_recv(connection, 65_536))
        for _ in range(MOST_LINES_SENT):
            with suppress(ConnectionError):
                await loop.sock_sendall(connection, LINES)
            await asyncio.sleep(0)
            if answered.done():
                break
        async with asyncio.timeout(PATIENCE):
            answer = await answered
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"The %b of the request is larger than 65536 bytes." % what)


async def test_neither_bodies_nor_heads_that_end_are_refused_however_they_are_cut() -> None:
    loop, body = asyncio.get_running_loop(), 2 * LARGEST_HEAD * b"b"
    head = b"POST / HTTP/1.1\r\nHost: test\r\n%bContent-Length: %d\r\n\r\n" % (LINES, len(body))
    async with client(count) as connection:
        for _ in range(3):
            for part in (head[:100], head[100:10_000], head[10_000:] + body[:10], body[10 : LARGEST_HEAD + 20]):
                await loop.sock_sendall(connection, part)
                await asyncio.sleep(0)
            assert (await ask(connection, body[LARGEST_HEAD + 20 :]))[2] == b"%d" % len(body)


@pytest.mark.parametrize("cut", [1, 70, 5_000, LARGEST_HEAD, 2 * LARGEST_HEAD])
async def test_neither_chunks_nor_trailers_that_end_are_refused_however_they_are_cut(cut: int) -> None:
    loop, chunk = asyncio.get_running_loop(), 2 * LARGEST_HEAD * b"b"
    body = b"%x\r\n%b\r\n" % (len(chunk), chunk)
    request = b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n%b0\r\n%b\r\n" % (2 * body, LINES)
    async with client(count) as connection:
        for _ in range(2):
            for part in (request[:cut], request[cut : 3 * cut], request[3 * cut : -cut]):
                await loop.sock_sendall(connection, part)
                await asyncio.sleep(0)
            assert (await ask(connection, request[max(3 * cut, len(request) - cut) :]))[2] == b"%d" % (2 * len(chunk))
