"""Large operations take turns within a budget, whatever becomes of those that wait."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.execution.turns import Turns

BUDGET = 100


@given(st.lists(st.tuples(st.integers(3, 150), st.integers(0, 3), st.integers(0, 6)), max_size=12))
def test_no_more_than_the_budget_is_under_way_and_everybody_has_a_turn(visits: Sequence[tuple[int, int, int]]) -> None:
    asyncio.run(visit(visits))


async def visit(visits: Sequence[tuple[int, int, int]]) -> None:
    turns, inside, entered = Turns(BUDGET), [0], []

    async def one(place: int, cost: int, steps: int) -> None:
        async with turns.of(cost):
            entered.append(place)
            inside[0] += min(cost, BUDGET)
            assert inside[0] <= BUDGET
            try:
                for _ in range(steps):
                    await asyncio.sleep(0)
            finally:
                inside[0] -= min(cost, BUDGET)

    async def broken_off(task: asyncio.Task[None], after: int) -> None:
        for _ in range(after):
            await asyncio.sleep(0)
        task.cancel()

    tasks = [asyncio.create_task(one(place, cost, steps)) for place, (cost, steps, _) in enumerate(visits)]
    breaking = [broken_off(task, after) for task, (_, _, after) in zip(tasks, visits, strict=True) if after % 2]
    await asyncio.gather(*breaking)
    for task, (_, _, after) in zip(tasks, visits, strict=True):
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, timeout=5)
        assert after % 2 or not task.cancelled()
    assert entered == sorted(entered)
    assert inside == [0]
    async with asyncio.timeout(5), turns.of(BUDGET):
        pass


def test_small_ones_are_not_asked() -> None:
    assert [Turns(BUDGET).is_large(cost) for cost in (1, 2, 3, 1_000)] == [False, False, True, True]
