"""Work that is shared by those who ask at a time."""

import asyncio

import pytest

from graphql_api.events.shared import Shared


class Work:
    """Counts how often it began, and waits until it may end."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.may_end.acquire()
        return number


async def test_whoever_comes_while_it_is_busy_gets_what_begins_after_they_came() -> None:
    work = Work()
    shared = Shared(work)
    first = asyncio.create_task(shared())
    while not work.begun:
        await asyncio.sleep(0)
    later = [asyncio.create_task(shared()) for _ in range(10)]
    work.may_end.release()
    assert await first == 1
    work.may_end.release()
    assert set(await asyncio.gather(*later)) == {2}


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    work = Work()
    shared = Shared(work)
    one, other = asyncio.create_task(shared()), asyncio.create_task(shared())
    while not work.begun:
        await asyncio.sleep(0)
    one.cancel()
    work.may_end.release()
    assert await other == 1
    with pytest.raises(asyncio.CancelledError):
        await one


async def test_a_failure_reaches_those_who_wait_and_nobody_after_them() -> None:
    failures = [OSError("away")]

    async def work() -> str:
        if failures:
            raise failures.pop()
        return "done"

    shared = Shared(work)
    with pytest.raises(OSError, match="away"):
        await shared()
    assert await shared() == "done"
