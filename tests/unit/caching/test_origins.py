"""What is told of answers that are not kept: why."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from graphql_api.caching.answers import OVERHEAD
from graphql_api.caching.config import CacheConfig
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.origins import Reason, answering, forget_origins
from tests.unit.caching.test_answers import Library, change_rights, lose_touch


async def told(library: Library) -> Mapping[str, Any]:
    """Ask as the root field `artist`, and give what is told of it."""
    with observing(Observation(origins={})) as observation, answering("artist"):
        await library.ask()
    assert observation.origins is not None
    return observation.origins["artist"]


@pytest.mark.parametrize(
    ("happening", "reason"),
    [
        (lambda library: library.rename("after"), Reason.OVERTAKEN),
        (change_rights, Reason.OVERTAKEN),
        (lose_touch, Reason.BEHIND),
    ],
)
async def test_what_happens_meanwhile_is_the_reason(happening: Callable[[Library], None], reason: Reason) -> None:
    library = Library()
    library.gate.clear()
    asking = asyncio.create_task(told(library))
    while not library.loads:
        await asyncio.sleep(0)
    happening(library)
    library.gate.set()
    origin = await asking
    assert (origin["status"], origin["reason"]) == ("miss", reason)


async def test_who_does_not_know_of_others_says_so() -> None:
    library = Library()
    lose_touch(library)
    assert await told(library) == {"status": "not kept", "reason": Reason.BEHIND}


async def test_what_fits_nowhere_says_so() -> None:
    library = Library()
    library.cache._memory = LRUMemoryCache(CacheConfig(max_bytes=OVERHEAD))
    assert [(await told(library))["reason"] for _ in range(2)] == [Reason.TOO_LARGE] * 2


async def test_nothing_is_told_of_what_is_answered_anew() -> None:
    library = Library()
    with observing(Observation(origins={})) as observation:
        with answering("artist"):
            await library.ask()
        assert observation.origins
        forget_origins()
    assert observation.origins == {}
