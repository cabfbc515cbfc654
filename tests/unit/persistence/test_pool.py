"""Waiting for a connection."""

import asyncio

import pytest

from graphql_api.observability.limits import POOL
from graphql_api.observability.observation import Observation, observing
from graphql_api.persistence.pool import Slots
from tests.support.events import until


async def test_who_waits_for_a_connection_is_counted_and_measured() -> None:
    slots, observation = Slots(1, seconds=60), Observation()
    await slots.take()
    with observing(observation):
        waiting = asyncio.create_task(slots.take())
    await until(lambda: slots.waiting == 1)
    assert slots.used == 1
    slots.release()
    await waiting
    assert (slots.used, slots.waiting) == (1, 0)
    (seconds,) = observation.waits
    assert seconds > 0
    assert observation.limits == ()


async def test_who_waits_in_vain_hits_a_limit() -> None:
    slots = Slots(1, seconds=0)
    await slots.take()
    with observing(Observation()) as observation, pytest.raises(TimeoutError):
        await slots.take()
    assert (slots.used, slots.waiting) == (1, 0)
    assert observation.limits == (POOL,)


async def test_a_turn_that_comes_to_somebody_just_cancelled_goes_to_the_next() -> None:
    slots = Slots(1, seconds=60)
    await slots.take()
    leaving, staying = asyncio.create_task(slots.take()), asyncio.create_task(slots.take())
    await until(lambda: slots.waiting == 2)
    slots.release()
    leaving.cancel()
    await staying
    assert leaving.cancelled()
    assert (slots.used, slots.waiting) == (1, 0)
