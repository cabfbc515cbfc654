"""A request is what it is, whether or not its head came before on the connection."""

import asyncio
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from graphql_api.http.answer import Answer
from graphql_api.http.head import head_of
from graphql_api.http.whole import WholeCycle, read_whole
from tests.support.events import PATIENCE, until
from tests.unit.http.connecting import ask, client

MOMENT = 0.3  # seconds
HEADERS = st.lists(
    st.sampled_from(
        [
            b"X-One: 1",
            b"x-one: 2",
            b"X-Long: %b" % (b"y" * 5_000),
            b"X-Request-ID: r1",
        ]
    ),
    max_size=3,
)
REQUESTS = st.builds(
    lambda line, headers, body: (
        b"%b HTTP/1.1\r\n%b\r\n\r\n%b"
        % (line, b"\r\n".join([b"Host: test", *headers, b"Content-Length: %d" % len(body)]), body)
    ),
    st.sampled_from([b"POST /", b"POST /%41?b=c", b"PUT /"]),
    HEADERS,
    st.sampled_from([b"", b"one", b"two", b"\r\n\r\n"]),
)


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with all that is known of a request."""
    body = await Request(scope, receive).body()
    told = {
        **{name: str(scope[name]) for name in ("method", "path", "raw_path", "query_string", "http_version", "scheme")},
        "headers": repr(list(scope["headers"])),
        "indexed": repr(head_of(scope).items()),
        "body": body.decode(),
    }
    await Answer(200, json.dumps(told).encode()).send(send, "r1")


@given(st.lists(REQUESTS, min_size=1, max_size=3), st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_a_request_is_the_same_whatever_came_before_it(requests: list[bytes], order: list[int]) -> None:
    async def scenario() -> None:
        async with client(tell) as connection:
            for index in order:
                request = requests[index % len(requests)]
                async with client(tell) as fresh:
                    assert await ask(connection, request) == await ask(fresh, request)

    asyncio.run(scenario())


@given(REQUESTS, st.lists(st.integers(0, 200), max_size=4))
def test_a_request_may_come_in_pieces_once_its_head_is_known(request: bytes, cuts: list[int]) -> None:
    async def scenario() -> None:
        async with client(tell) as connection:
            expected = await ask(connection, request)
            await ask(connection, request)
            *first, last = [request[start:end] for start, end in pairwise([0, *sorted(cuts), len(request)])]
            for piece in first:
                await asyncio.get_running_loop().sock_sendall(connection, piece)
                await asyncio.sleep(0)
            assert await ask(connection, last) == expected

    asyncio.run(scenario())


async def test_only_a_head_that_comes_again_with_its_body_is_known() -> None:
    known: list[bool] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        known.append(isinstance(receive.__self__, WholeCycle))  # type: ignore[attr-defined]  # uvicorn's own
        await Answer(200, read_whole(receive) or b"").send(send, "r1")

    head = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n"
    named, expecting = head + b"X-Request-ID: r1\r\n", head + b"Expect: 100-continue\r\n"
    async with client(app) as connection:
        for one in (head, head, named, named, expecting, expecting, head):
            assert (await ask(connection, one + b"\r\none"))[2] == b"one"
    assert known == [False, True, False, False, False, False, True]


async def test_heads_that_come_at_once_are_read_one_after_the_other() -> None:
    one = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n%b"
    first, second = one % (1, b"1"), one % (1, b"2")
    async with client(tell) as connection:
        expected = await ask(connection, first)
        assert await ask(connection, first) == expected
        await asyncio.get_running_loop().sock_sendall(connection, first + second)
        answers = b""
        async with asyncio.timeout(PATIENCE):
            while answers.count(b"HTTP/1.1 200") < 2 or not answers.endswith(b"}"):
                answers += await asyncio.get_running_loop().sock_recv(connection, 65_536)
        assert answers.count(b'"body": "1"') == answers.count(b'"body": "2"') == 1
        assert await ask(connection, first) == expected


async def test_a_known_head_waits_for_the_answer_before_it() -> None:
    gate, begun = asyncio.Event(), list[bytes]()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        body = read_whole(receive) or b""
        begun.append(body)
        if body == b"slow":
            async with asyncio.timeout(PATIENCE):
                await gate.wait()
        await Answer(200, body).send(send, "r1")

    one = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n%b"
    async with client(app) as connection:
        await ask(connection, one % b"fast")
        for body in (b"slow", b"fast"):
            await asyncio.get_running_loop().sock_sendall(connection, one % body)
            await until(lambda: begun[1:] == [b"slow"])
        await asyncio.sleep(MOMENT)
        assert begun == [b"fast", b"slow"]
        gate.set()
        answers = b""
        async with asyncio.timeout(PATIENCE):
            while answers.count(b"HTTP/1.1 200") < 2 or not answers.endswith(b"fast"):
                answers += await asyncio.get_running_loop().sock_recv(connection, 65_536)
    assert answers.index(b"slow") < answers.index(b"fast")


async def test_a_connection_is_not_idle_while_a_known_head_is_answered() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(receive.__self__, WholeCycle):  # type: ignore[attr-defined]  # uvicorn's own
            await asyncio.sleep(3 * MOMENT)
        await Answer(200, read_whole(receive) or b"").send(send, "r1")

    request = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\none"
    async with client(app, keep_alive=MOMENT) as connection:
        for _ in range(2):
            assert (await ask(connection, request))[2] == b"one"


async def test_a_line_that_ends_otherwise_is_no_part_of_a_head() -> None:
    bodies: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        bodies.append(await Request(scope, receive).body())
        await Answer(200, b"ok").send(send, "r1")

    hidden = b"\r\n\r\nPOST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nab"
    async with client(app) as connection:
        for _ in range(3):
            await ask(connection, hidden)
    assert bodies == [b"ab"] * 3


@pytest.mark.parametrize("is_read", [True, False])
async def test_whoever_answers_a_known_head_hears_of_a_client_that_leaves(is_read: bool) -> None:
    received: list[Message] = []
    left = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(receive.__self__, WholeCycle):  # type: ignore[attr-defined]  # uvicorn's own
            if is_read:
                assert read_whole(receive) == b"one"
            while not received or received[-1]["type"] != "http.disconnect":
                received.append(await receive())
            left.set()
        else:
            await tell(scope, receive, send)

    request = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\none"
    async with client(app) as connection:
        await ask(connection, request)
        await asyncio.get_running_loop().sock_sendall(connection, request)
        await until(lambda: is_read or bool(received))
        connection.close()
        async with asyncio.timeout(PATIENCE):
            await left.wait()
    whole: list[Message] = [] if is_read else [{"type": "http.request", "body": b"one", "more_body": False}]
    assert received == [*whole, {"type": "http.disconnect"}]
