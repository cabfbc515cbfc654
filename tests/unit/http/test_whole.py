"""What is taken from uvicorn and given to it whole is what its messages would have been."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from graphql_api.http.answer import Answer
from graphql_api.http.errors import HttpError
from graphql_api.http.exchange import Exchange
from graphql_api.http.head import head_of
from graphql_api.http.incoming import Incoming
from graphql_api.http.negotiation import MediaType, wish
from graphql_api.http.whole import write_whole
from graphql_api.observability.sending import WatchedSend
from tests.support.events import PATIENCE
from tests.unit.http.connecting import DATE, ask, client

CLOSE = (b"connection", b"close")
ANSWERS = st.builds(
    Answer,
    st.sampled_from([200, 400, 401, 504]),
    st.binary(max_size=50) | st.binary(min_size=1, max_size=3).map(lambda some: some * 50_000),
    st.sampled_from([MediaType.GRAPHQL, MediaType.JSON]),
    st.sampled_from([(), ((b"www-authenticate", b"Bearer"),)]),
) | st.builds(Answer, st.sampled_from([204, 304]), st.just(b""))


@given(ANSWERS, st.sampled_from([b"GET", b"HEAD", b"POST"]), st.sampled_from([b"", b"Connection: close\r\n"]))
def test_an_answer_is_the_same_whoever_writes_it(answer: Answer, method: bytes, more: bytes) -> None:
    async def direct(scope: Scope, _receive: Receive, send: Send) -> None:
        await answer.send(send, "r1", head=scope["method"] == "HEAD")

    async def as_messages(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            await send(message)

        await direct(scope, receive, send_on)

    told: list[int | None] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        sent = WatchedSend(send)
        await direct(scope, receive, sent)
        told.append(sent.status)

    async def scenario() -> None:
        request = b"%b / HTTP/1.1\r\nHost: test\r\n%bContent-Length: 0\r\n\r\n" % (method, more)
        async with client(direct) as one, client(as_messages) as other, client(watched) as third:
            for times in range(1, 2 if more else 3):
                expected = await ask(other, request)
                assert await ask(one, request) == await ask(third, request) == expected
                assert told == [answer.status] * times

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("more", "headers", "expected"),
    [
        (b"", [DATE], True),
        (b"Connection: close\r\n", [DATE], False),
        (b"", [DATE, CLOSE], False),
        (b"", [], False),
    ],
)
async def test_only_an_answer_that_ends_nothing_is_written_at_once(
    more: bytes, headers: Sequence[tuple[bytes, bytes]], expected: bool
) -> None:
    written: list[bool] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        written.append(write_whole(send, 200, b"content-length: 2\r\n", "r1", b"ok"))
        if not written[-1]:
            await Answer(200, b"ok").send(send, "r1")

    async with client(app, headers) as connection:
        _, _, body = await ask(connection, b"GET / HTTP/1.1\r\nHost: test\r\n%b\r\n" % more)
    assert (body, written) == (b"ok", [expected])


async def test_an_answer_waits_for_a_client_that_does_not_read() -> None:
    written: list[bool] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        flow = send.__self__.flow  # type: ignore[attr-defined]  # of uvicorn's own cycle
        flow.pause_writing()
        written.append(write_whole(send, 200, b"content-length: 2\r\n", "r1", b"ok"))
        flow.resume_writing()
        if not written[0]:
            written.append(write_whole(send, 200, b"content-length: 2\r\n", "r1", b"ok"))

    async with client(app) as connection:
        assert (await ask(connection, b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"))[2] == b"ok"
    assert written == [False, True]


async def test_an_answer_whose_status_is_watched_is_written_at_once_too() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        sent = WatchedSend(send)
        assert write_whole(sent, 201, b"content-length: 2\r\n", "r1", b"ok")
        told.append(sent.status)

    told: list[int | None] = []
    async with client(app) as connection:
        _, _, body = await ask(connection, b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
    assert (body, told) == (b"ok", [201])


@given(st.binary(max_size=40), st.integers(0, 40), st.integers(20, 60))
def test_a_body_is_read_alike_whether_or_not_all_of_it_has_come(body: bytes, cut: int, limit: int) -> None:
    incoming = Incoming(limit, PATIENCE)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, head_of(scope), wish("", html=False, events=False), None)
        try:
            read = incoming.whole(exchange)
            answer = Answer(200, await incoming.rest(exchange) if read is None else read)
        except HttpError as error:
            answer = Answer(error.status, b"")
        await answer.send(send, "r1")

    async def scenario() -> None:
        head = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        head %= len(body)
        async with client(app) as connection:
            await asyncio.get_running_loop().sock_sendall(connection, head + body[:cut])
            await asyncio.sleep(0)
            status, _, answer = await ask(connection, body[cut:])
            assert (status.split()[1], answer) == ((b"413", b"") if len(body) > limit else (b"200", body))
            # What follows is a request of its own.
            assert (await ask(connection, head + body))[2] == answer

    asyncio.run(scenario())
