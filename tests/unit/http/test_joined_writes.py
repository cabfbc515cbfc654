"""What is written through JoinedWrites arrives as if it had been written at once."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from hypothesis import example, given
from hypothesis import strategies as st

from graphql_api.http.joined_writes import JoinedWrites
from tests.support.events import PATIENCE

TURN = None
STEPS = st.lists(st.one_of(st.just(TURN), st.binary(max_size=50), st.lists(st.binary(max_size=9), max_size=3)))


class Connected(asyncio.Protocol):
    """Takes one connection."""

    def __init__(self) -> None:
        self.transport: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport.set_result(cast(asyncio.Transport, transport))


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[JoinedWrites, socket.socket]]:
    loop, protocol = asyncio.get_running_loop(), Connected()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with theirs:
        await loop.connect_accepted_socket(lambda: protocol, ours)
        transport = JoinedWrites(await protocol.transport, loop)
        try:
            yield transport, theirs
        finally:
            transport.abort()


async def read(client: socket.socket, size: int = 65_536) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.get_running_loop().sock_recv(client, size)


async def read_to_the_end(client: socket.socket) -> bytes:
    received = b""
    while part := await read(client):
        received += part
    return received


@given(STEPS, st.sampled_from(["close", "write_eof"]))
@example([b"head", b""], "close")
@example([[b""]], "close")
def test_everything_arrives_in_order_before_the_end(steps: Sequence[bytes | list[bytes] | None], end: str) -> None:
    async def scenario() -> None:
        async with connection() as (transport, client):
            written = b""
            for step in steps:
                if step is TURN:
                    await asyncio.sleep(0)
                elif isinstance(step, bytes):
                    transport.write(step)
                    written += step
                else:
                    transport.writelines(step)
                    written += b"".join(step)
            getattr(transport, end)()
            assert await read_to_the_end(client) == written

    asyncio.run(scenario())


async def test_two_writes_arrive_as_one() -> None:
    async with connection() as (transport, client):
        transport.write(b"head")
        transport.write(b"body")
        assert await read(client) == b"headbody"


async def test_a_single_write_does_not_wait_for_another() -> None:
    async with connection() as (transport, client):
        transport.write(b"head")
        assert await read(client) == b"head"


async def test_what_was_not_sent_is_lost_when_a_connection_is_cut_off() -> None:
    async with connection() as (transport, client):
        transport.write(b"head")
        transport.abort()
        assert await read_to_the_end(client) == b""


async def test_other_questions_are_answered_by_the_transport() -> None:
    async with connection() as (transport, client):
        assert transport.get_extra_info("socket").fileno() != client.fileno()
        assert not transport.is_closing()
        transport.close()
        assert transport.is_closing()
