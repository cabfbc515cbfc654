import asyncio
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send

from graphql_api.http.answer import Answer
from tests.support.events import PATIENCE
from tests.unit.http.connecting import ask, client

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
MOMENT = 0.02


async def answer_ok(_scope: Scope, _receive: Receive, send: Send) -> None:
    await Answer(200, b"ok").send(send, "r1")


async def test_an_idle_connection_is_closed() -> None:
    async with client(answer_ok, keep_alive=MOMENT) as connection:
        for _ in range(2):
            assert (await ask(connection, REQUEST))[2] == b"ok"
        async with asyncio.timeout(PATIENCE):
            assert await asyncio.get_running_loop().sock_recv(connection, 1) == b""


async def test_a_connection_stays_open_while_an_answer_is_worked_out() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await asyncio.sleep(5 * MOMENT)
        await answer_ok(scope, receive, send)

    async with client(app, keep_alive=MOMENT) as connection:
        await ask(connection, REQUEST)
        assert (await ask(connection, REQUEST.replace(b"/ ", b"/slow ")))[2] == b"ok"


async def test_requests_that_come_together_are_all_answered() -> None:
    async with client(answer_ok) as connection:
        await asyncio.get_running_loop().sock_sendall(connection, REQUEST * 3)
        received = b""
        async with asyncio.timeout(PATIENCE):
            while received.count(b"\r\n\r\nok") < 3:
                received += await asyncio.get_running_loop().sock_recv(connection, 65_536)


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"POST / HTTP/1.1\r\nHost: te", REQUEST + b"GET / HT"])
async def test_a_connection_without_a_whole_head_is_idle(sent: bytes) -> None:
    async with client(answer_ok, keep_alive=MOMENT, sent=sent) as connection:
        async with asyncio.timeout(PATIENCE):
            while await asyncio.get_running_loop().sock_recv(connection, 65_536):
                pass


async def test_a_head_that_trickles_is_not_waited_for_anew_with_each_byte() -> None:
    async with client(answer_ok, keep_alive=5 * MOMENT) as connection:
        loop = asyncio.get_running_loop()
        ended = asyncio.create_task(loop.sock_recv(connection, 1))
        await loop.sock_sendall(connection, b"GET / HTTP/1.1\r\nHost: ")
        async with asyncio.timeout(PATIENCE):
            while not ended.done():
                with suppress(ConnectionError):
                    await loop.sock_sendall(connection, b"a")
                await asyncio.sleep(MOMENT)
        # A byte that came after the last look of the server has the system end the connection by a reset.
        with suppress(ConnectionResetError):
            assert await ended == b""


async def test_what_waits_behind_a_request_ends_no_connection_that_answers_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(5 * MOMENT)
        await answer_ok(scope, receive, send)

    async with client(app, keep_alive=MOMENT) as connection:
        assert (await ask(connection, REQUEST + b"GET / HT"))[2] == b"ok"
