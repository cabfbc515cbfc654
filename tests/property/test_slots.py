"""However takers come, leave and are cancelled, no slot is lost, none is used twice, and who came first goes first."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.persistence.pool import Slots

_STEPS = st.lists(st.sampled_from(["take", "release", "cancel the first", "cancel the last", "pause"]), max_size=40)
_LONG = 10
"""Seconds that nothing takes but what waits for a slot that was lost."""


@given(most=st.integers(1, 3), steps=_STEPS)
def test_slots_are_kept_and_given_in_turn(most: int, steps: Sequence[str]) -> None:
    asyncio.run(_follow(Slots(most, seconds=60), steps))


async def _follow(slots: Slots, steps: Sequence[str]) -> None:
    takers: list[asyncio.Task[None]] = []
    came: list[int] = []
    released = 0

    async def take(number: int) -> None:
        await slots.take()
        came.append(number)

    # Laws are about those who wait, so some do from the beginning.
    for step in [*["take"] * (slots.most + 2), *steps]:
        waiting = [taker for taker in takers if not taker.done()]
        match step:
            case "take":
                takers.append(asyncio.create_task(take(len(takers))))
                await asyncio.sleep(0)
            case "release" if len(came) > released:
                released += 1
                slots.release()
            case "cancel the first" if waiting:
                waiting[0].cancel()
            case "cancel the last" if waiting:
                waiting[-1].cancel()
            case "pause":
                await asyncio.sleep(0)
        assert len(came) - released <= slots.used <= slots.most
    async with asyncio.timeout(_LONG):
        while not all(taker.done() for taker in takers):
            await asyncio.sleep(0)
            if len(came) > released:
                released += 1
                slots.release()
    assert came == sorted(came)
    assert (slots.used, slots.waiting) == (len(came) - released, 0)
