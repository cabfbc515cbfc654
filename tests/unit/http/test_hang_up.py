"""A block is stopped when its client leaves, and nothing else is."""

import asyncio
import gc
import weakref

import pytest
from starlette.types import Message

from graphql_api.http.errors import ClientLeft
from graphql_api.http.hang_up import StopOnHangUp

LONG = 10
"""Seconds that nothing takes but what is stuck."""


class Client:
    """Leaves when it is told to, and remembers whether anybody listened."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.heard = asyncio.Event()

    async def receive(self) -> Message:
        self.heard.set()
        await self.left.wait()
        return {"type": "http.disconnect"}


async def test_a_client_that_leaves_stops_what_takes_a_while() -> None:
    client = Client()
    client.left.set()
    async with asyncio.timeout(LONG):
        with pytest.raises(ClientLeft):
            with StopOnHangUp(client.receive):
                await asyncio.Event().wait()


async def test_a_client_that_stays_stops_nothing() -> None:
    client = Client()
    with StopOnHangUp(client.receive):
        async with asyncio.timeout(LONG):
            await client.heard.wait()


async def test_what_ends_at_once_is_not_listened_to_and_not_stopped_afterwards() -> None:
    client = Client()
    client.left.set()
    with StopOnHangUp(client.receive):
        await asyncio.sleep(0)
    # Who came later is told later: once it was, it would have been told, too.
    other = Client()
    with StopOnHangUp(other.receive):
        async with asyncio.timeout(LONG):
            await other.heard.wait()
    assert not client.heard.is_set()


async def test_one_who_cancels_the_task_is_heard_though_the_client_left() -> None:
    client = Client()

    async def ask() -> None:
        with StopOnHangUp(client.receive):
            await asyncio.Event().wait()

    task = asyncio.create_task(ask())
    await asyncio.wait_for(client.heard.wait(), LONG)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_was_listened_to_is_freed_without_a_search_for_garbage() -> None:
    client = Client()
    gc.disable()
    try:
        with StopOnHangUp(client.receive):
            await asyncio.wait_for(client.heard.wait(), LONG)
        freed = weakref.ref(client)
        del client
        for _ in range(3):  # the listener ends, and whoever waited for it hears of that
            await asyncio.sleep(0)
        assert freed() is None
    finally:
        gc.enable()
