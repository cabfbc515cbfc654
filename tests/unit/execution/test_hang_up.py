"""A block is stopped when its client leaves, and nothing else is."""

import asyncio
import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.execution.hang_up import UNHEARD, Attention, AttentiveLimit, ClientLeft

LONG = 10
"""Seconds that nothing takes but what is stuck."""
PATIENT = Attention(LONG)


class Client:
    """Leaves when it is told to, and remembers whether anybody listened."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.heard = asyncio.Event()

    async def leaving(self) -> None:
        self.heard.set()
        await self.left.wait()


async def test_a_client_that_leaves_stops_what_takes_a_while() -> None:
    client = Client()
    client.left.set()
    async with asyncio.timeout(LONG):
        with pytest.raises(ClientLeft):
            with AttentiveLimit(PATIENT, client.leaving):
                await asyncio.Event().wait()


async def test_a_client_that_stays_stops_nothing() -> None:
    client = Client()
    with AttentiveLimit(PATIENT, client.leaving):
        async with asyncio.timeout(LONG):
            await client.heard.wait()


@pytest.mark.parametrize("seconds", [0.005, 0.06])
async def test_time_is_over_when_it_would_be_if_nobody_listened(seconds: float) -> None:
    client, loop = Client(), asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(TimeoutError):
        with AttentiveLimit(Attention(seconds), client.leaving) as limit:
            await asyncio.sleep(LONG)
    assert limit.expired
    assert loop.time() - began >= seconds * 0.9
    assert _this_task().cancelling() == 0


@given(st.floats(0.001, 3600))
def test_what_is_unheard_and_what_is_heard_are_the_whole_time(seconds: float) -> None:
    attention = Attention(seconds)
    assert attention.unheard.seconds <= UNHEARD
    assert attention.unheard.seconds + attention.heard.seconds == pytest.approx(seconds)


async def test_a_client_that_leaves_when_time_is_over_is_heard() -> None:
    client = Client()
    limit = AttentiveLimit(Attention(0.03), client.leaving)

    async def linger() -> None:
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            client.left.set()
            await asyncio.sleep(LONG)

    with pytest.raises(ClientLeft):
        with limit:
            await linger()
    assert limit.expired
    assert _this_task().cancelling() == 0


async def test_what_ends_at_once_is_not_listened_to_and_not_stopped_afterwards() -> None:
    client = Client()
    client.left.set()
    with AttentiveLimit(PATIENT, client.leaving):
        await asyncio.sleep(0)
    # Who came later is told later: once it was, it would have been told, too.
    other = Client()
    with AttentiveLimit(PATIENT, other.leaving):
        async with asyncio.timeout(LONG):
            await other.heard.wait()
    assert not client.heard.is_set()


async def test_one_who_cancels_the_task_is_heard_though_the_client_left() -> None:
    client = Client()

    async def ask() -> None:
        with AttentiveLimit(PATIENT, client.leaving):
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
        with AttentiveLimit(PATIENT, client.leaving):
            await asyncio.wait_for(client.heard.wait(), LONG)
        freed = weakref.ref(client)
        del client
        for _ in range(3):  # the listener ends, and whoever waited for it hears of that
            await asyncio.sleep(0)
        assert freed() is None
    finally:
        gc.enable()


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task
