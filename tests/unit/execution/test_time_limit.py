"""TimeLimit does what asyncio.timeout does, with one timer for all who wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from graphql_api.execution.time_limit import Patience, TimeLimit
from tests.support.events import PATIENCE

SHORT = 0.01


@asynccontextmanager
async def limited(seconds: float) -> AsyncIterator[None]:
    with TimeLimit(Patience(seconds)):
        yield


Limited = Callable[[float], AbstractAsyncContextManager[object]]


async def ends_in_time(limit: Limited) -> None:
    async with limit(PATIENCE):
        await asyncio.sleep(0)


async def takes_too_long(limit: Limited) -> None:
    async with limit(SHORT):
        await asyncio.sleep(PATIENCE)


async def fails(limit: Limited) -> None:
    async with limit(PATIENCE):
        raise LookupError


async def fails_when_time_is_over(limit: Limited) -> None:
    async with limit(SHORT):
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            raise LookupError from None


async def outlives_its_time(limit: Limited) -> None:
    async with limit(SHORT):
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            return


async def is_cancelled(limit: Limited) -> None:
    async with limit(PATIENCE):
        _this_task().cancel()
        await asyncio.sleep(PATIENCE)


async def is_cancelled_when_time_is_over(limit: Limited) -> None:
    async with limit(SHORT):
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            _this_task().cancel()
            await asyncio.sleep(PATIENCE)


async def lies_within_a_shorter_one(limit: Limited) -> None:
    async with limit(SHORT):
        try:
            async with limit(PATIENCE):
                await asyncio.sleep(PATIENCE)
        except TimeoutError:
            raise AssertionError("the inner one had time") from None


async def lies_around_a_shorter_one(limit: Limited) -> None:
    async with limit(PATIENCE):
        async with limit(SHORT):
            await asyncio.sleep(PATIENCE)


@pytest.mark.parametrize(
    "block",
    [
        ends_in_time,
        takes_too_long,
        fails,
        fails_when_time_is_over,
        outlives_its_time,
        is_cancelled,
        is_cancelled_when_time_is_over,
        lies_within_a_shorter_one,
        lies_around_a_shorter_one,
    ],
)
async def test_a_block_ends_as_it_does_with_asyncio(block: Callable[[Limited], Awaitable[None]]) -> None:
    async def outcome(limit: Limited) -> tuple[object, int]:
        async def run() -> tuple[object, int]:
            try:
                await block(limit)
            except BaseException as error:  # noqa: BLE001  # it is what is compared
                return type(error), _this_task().cancelling()
            return None, _this_task().cancelling()

        return await asyncio.create_task(run())

    assert await outcome(limited) == await outcome(asyncio.timeout)


async def test_blocks_end_each_in_its_time_and_in_order() -> None:
    patience, order = Patience(SHORT), []

    async def block(number: int) -> None:
        try:
            with TimeLimit(patience):
                await asyncio.sleep(PATIENCE)
        except TimeoutError:
            order.append((number, loop.time() - began[number]))

    loop, began, blocks = asyncio.get_running_loop(), {}, []
    for number in range(20):
        began[number] = loop.time()
        blocks.append(asyncio.create_task(block(number)))
        await asyncio.sleep(SHORT / 10)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*blocks)
    assert [number for number, _ in order] == list(range(20))
    assert all(taken >= SHORT * 0.9 for _, taken in order)


async def test_a_block_after_a_pause_has_its_time() -> None:
    patience = Patience(SHORT)
    for _ in range(2):
        with TimeLimit(patience):
            pass
        await asyncio.sleep(2 * SHORT)
        with pytest.raises(TimeoutError), TimeLimit(patience):
            await asyncio.sleep(PATIENCE)


def test_each_event_loop_has_a_timer_of_its_own() -> None:
    patience = Patience(SHORT)

    async def leave() -> None:
        with TimeLimit(patience):
            pass

    async def wait() -> None:
        with TimeLimit(patience):
            await asyncio.sleep(PATIENCE)

    for _ in range(2):
        # The first leaves its timer behind in a loop that ends.
        asyncio.run(leave())
        with pytest.raises(TimeoutError):
            asyncio.run(wait())


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task
