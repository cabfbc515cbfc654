"""Changes that arrive together are committed together, and each ends as if there were no others."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Final

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.persistence import group_commit
from graphql_api.persistence.group_commit import MOST_TOGETHER, GroupCommit

STORE, OTHER = "store", "other"
REFUSED: Final = -1


def told(error: Exception, severity: str) -> Exception:
    """Give an error as the server tells it."""
    error.severity_en = severity  # type: ignore[attr-defined]  # of every error of the driver
    return error


class Database:
    """Stores numbers that it does not have, all of a transaction or none, once it is let."""

    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.stored: list[int] = []
        self.open = asyncio.Event()
        self.fault: BaseException | None = None

    async def send(self, _text: str, several: Sequence[Sequence[Any]]) -> None:
        numbers = [number for (number,) in several]
        self.transactions.append(numbers)
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        if REFUSED in numbers or len({*numbers, *self.stored}) < len(numbers) + len(self.stored):
            raise told(asyncpg.UniqueViolationError(), "ERROR")
        self.stored += numbers


async def started(commits: GroupCommit, numbers: Sequence[int], text: str = STORE) -> list[asyncio.Task[None]]:
    """Begin changes one after the other."""
    tasks = [asyncio.create_task(commits.change(text, (number,))) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def outcomes(changes: Sequence[Awaitable[None]]) -> list[type | None]:
    found = await asyncio.gather(*changes, return_exceptions=True)
    return [None if one is None else type(one) for one in found]


async def test_one_that_comes_alone_is_sent_at_once() -> None:
    database = Database()
    commits = GroupCommit(database.send)
    database.open.set()
    for number in range(3):
        await commits.change(STORE, (number,))
    assert database.transactions == [[0], [1], [2]]


async def test_those_that_come_meanwhile_go_together_by_their_statement() -> None:
    database = Database()
    commits = GroupCommit(database.send)
    many = MOST_TOGETHER + 3
    tasks = await started(commits, range(many)) + await started(commits, [many], OTHER)
    database.open.set()
    assert await outcomes(tasks) == [None] * (many + 1)
    assert database.transactions == [[0], [many], list(range(1, MOST_TOGETHER + 1)), [many - 2, many - 1]]


@given(st.lists(st.integers(REFUSED, 5), max_size=12))
async def test_each_ends_as_if_there_were_no_others(numbers: list[int]) -> None:
    database = Database()
    tasks = await started(GroupCommit(database.send), numbers)
    database.open.set()
    ended = await outcomes(tasks)
    assert sorted(database.stored) == sorted(set(numbers) - {REFUSED})
    for number in set(numbers):
        mine = [one for one, other in zip(ended, numbers, strict=True) if other == number]
        assert mine.count(None) == (number != REFUSED)
        assert set(mine) <= {None, asyncpg.UniqueViolationError}


@pytest.mark.parametrize("fault", [told(asyncpg.AdminShutdownError(), "FATAL"), ConnectionError(), TimeoutError()])
async def test_what_may_have_been_stored_is_not_sent_again(fault: Exception) -> None:
    database = Database()
    tasks = await started(GroupCommit(database.send), range(4))
    database.fault = fault
    database.open.set()
    assert await outcomes(tasks) == [type(fault)] * 4
    assert database.transactions == [[0], [1, 2, 3]]


async def test_who_gives_up_takes_nobody_along() -> None:
    database = Database()
    tasks = await started(GroupCommit(database.send), range(4))
    for given_up in tasks[:2]:
        given_up.cancel()
    await asyncio.sleep(0)
    database.open.set()
    assert await outcomes(tasks) == [asyncio.CancelledError] * 2 + [None] * 2
    assert sorted(database.stored) == [2, 3]


async def test_what_was_given_up_is_waited_for_in_the_end() -> None:
    database, locked = Database(), asyncio.Event()

    async def send(text: str, several: Sequence[Sequence[Any]]) -> None:
        if (1,) in several:
            await locked.wait()
        await database.send(text, several)

    commits = GroupCommit(send)
    first, given_up = await started(commits, range(2))
    database.open.set()
    await first
    given_up.cancel()
    asyncio.get_running_loop().call_later(0.01, locked.set)
    await commits.close()
    assert database.stored == [0, 1]


async def test_nobody_waits_for_long_behind_one_that_waits_for_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "LONGEST_WAIT", 0)
    database, locked = Database(), asyncio.Event()

    async def send(text: str, several: Sequence[Sequence[Any]]) -> None:
        if (0,) in several:
            await locked.wait()
        await database.send(text, several)

    database.open.set()
    stuck, *others = await started(GroupCommit(send), range(4))
    await asyncio.gather(*others)
    assert database.transactions == [[1, 2, 3]]
    locked.set()
    await stuck
    assert sorted(database.stored) == [0, 1, 2, 3]
