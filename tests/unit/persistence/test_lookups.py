"""Lookups that arrive together are answered by one statement, each with its own row."""

import asyncio
from uuid import UUID

import pytest

from domain.kernel.identity import key_of
from domain.kernel.records import Row, key_column
from graphql_api.persistence.lookups import Lookups, Read

IDS = [UUID(int=number) for number in range(8)]
MISSING = IDS[7]


def row_of(id: UUID) -> Row:
    """Make the row of an identity."""
    return {key_column("id"): key_of(id), "id": id}


class Database:
    """Answers lookups when it is let, and remembers what was asked for together."""

    def __init__(self) -> None:
        self.asked: list[set[UUID]] = []
        self.open = asyncio.Event()
        self.fault: Exception | None = None

    async def read(self, ids: list[UUID]) -> list[Row]:
        self.asked.append(set(ids))
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return [row_of(id) for id in ids if id != MISSING]


async def one(lookups: Lookups, id: UUID, read: Read, kind: str = "kind") -> Row | None:
    """Look one identity up."""
    rows = await lookups.several(kind, [id], read)
    return rows[0] if rows else None


async def started(lookups: Lookups, database: Database, *ids: UUID) -> list[asyncio.Task[Row | None]]:
    """Look identities up one after the other, and give the lookups."""
    tasks = []
    for id in ids:
        tasks.append(asyncio.create_task(one(lookups, id, database.read)))
        await asyncio.sleep(0)
    return tasks


async def test_one_that_comes_alone_asks_at_once() -> None:
    lookups, database = Lookups(), Database()
    database.open.set()
    for id in IDS:
        assert await one(lookups, id, database.read) == (None if id == MISSING else row_of(id))
    assert database.asked == [{id} for id in IDS]


async def test_those_that_come_meanwhile_are_answered_together() -> None:
    lookups, database = Lookups(), Database()
    tasks = await started(lookups, database, *IDS, IDS[3])
    other = asyncio.create_task(one(lookups, IDS[0], database.read, "another kind"))
    await asyncio.sleep(0)
    database.open.set()
    assert await asyncio.gather(*tasks, other) == [
        None if id == MISSING else row_of(id) for id in (*IDS, IDS[3], IDS[0])
    ]
    assert database.asked == [{IDS[0]}, {IDS[0]}, set(IDS[1:])]


async def test_those_who_ask_for_several_get_theirs_alone() -> None:
    lookups, database = Lookups(), Database()
    first = await started(lookups, database, IDS[0])
    wanted = [[IDS[1], IDS[2]], [IDS[2], MISSING], [MISSING], [IDS[3], IDS[1]]]
    tasks = [asyncio.create_task(lookups.several("kind", ids, database.read)) for ids in wanted]
    await asyncio.sleep(0)
    database.open.set()
    await asyncio.gather(*first)
    assert await asyncio.gather(*tasks) == [[row_of(id) for id in ids if id != MISSING] for ids in wanted]
    assert database.asked == [{IDS[0]}, {*IDS[1:4], MISSING}]


async def test_a_failure_is_told_to_everybody_whom_it_concerns_and_to_nobody_later() -> None:
    lookups, database = Lookups(), Database()
    database.fault = ConnectionError("gone")
    tasks = await started(lookups, database, *IDS[:3])
    database.open.set()
    for answer in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(answer, ConnectionError)
    database.fault = None
    assert await one(lookups, IDS[0], database.read) == row_of(IDS[0])


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_that_gives_up_takes_nobody_with_it(place: int) -> None:
    lookups, database = Lookups(), Database()
    tasks = await started(lookups, database, *IDS[:3])
    tasks[place].cancel()
    await asyncio.sleep(0)
    database.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers.pop(place), asyncio.CancelledError)
    assert answers == [row_of(id) for number, id in enumerate(IDS[:3]) if number != place]


async def test_when_all_who_wait_give_up_nothing_is_asked_for_them() -> None:
    lookups, database = Lookups(), Database()
    first, *others = await started(lookups, database, *IDS[:3])
    for task in others:
        task.cancel()
    await asyncio.sleep(0)
    database.open.set()
    assert await first == row_of(IDS[0])
    await asyncio.gather(*others, return_exceptions=True)
    assert await one(lookups, IDS[4], database.read) == row_of(IDS[4])
    assert database.asked == [{IDS[0]}, {IDS[4]}]
