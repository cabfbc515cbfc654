"""Commands of several who want the same things at the same time, through the retry, on real databases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.artist.entity import Artist
from domain.kernel.bus import CommandBus
from domain.kernel.description import Field
from domain.kernel.errors import Conflict, DomainError, Overtaken
from domain.kernel.finding import required
from domain.kernel.messages import Command, Event
from domain.kernel.result import Ok, Result
from domain.kernel.retry import Patience, Retry
from domain.kernel.transaction import Transaction
from graphql_api.persistence.availability import availability
from graphql_api.persistence.contention import may_try_again
from graphql_api.persistence.unit_of_work import SqlAlchemyUnitOfWork
from tests.support.databases import engine_for, migrated_database, work_on


@dataclass(frozen=True, slots=True)
class RenameBoth(Command[None]):
    """Rename two artists, one after the other, each stored at once."""

    one: Annotated[UUID, Field("First.")]
    other: Annotated[UUID, Field("Second.")]


@dataclass
class Turns:
    """Lets each side store its first change before either goes on to its second, and then try again in peace.

    Whoever tries again while the other has yet to commit may read what that changes, and finds it changed.
    """

    waiting: int = 2
    attempts: int = 0

    def __post_init__(self) -> None:
        self._met = asyncio.Event()
        self.ended = asyncio.Event()
        if self.waiting == 1:
            self.ended.set()

    async def begin(self) -> None:
        self.attempts += 1
        if self.attempts > 2:
            await self.ended.wait()

    async def meet(self) -> None:
        self.waiting -= 1
        if self.waiting <= 0:
            self._met.set()
        await self._met.wait()


def bus(engine: AsyncEngine, turns: Turns, patience: Patience) -> CommandBus:
    async def handle(command: RenameBoth, work: SqlAlchemyUnitOfWork) -> Ok[None]:
        await turns.begin()
        for id in (command.one, command.other):
            artist = await required(work, Artist, id)
            artist.name = f"{artist.name}!"
            await work.flush()
            if id == command.one:
                await turns.meet()
        return Ok(None)

    transaction = Transaction(partial(work_on, engine), published)
    return CommandBus({RenameBoth: handle}, [availability, Retry(may_try_again, patience), transaction])


async def published(_events: Sequence[Event]) -> None:
    pass


async def two_artists(engine: AsyncEngine) -> list[UUID]:
    artists = [Artist(name="a"), Artist(name="b")]
    async with work_on(engine) as work:
        for artist in artists:
            await work.repository(Artist).add(artist)
        await work.commit()
    return [artist.id for artist in artists]


async def names(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.execute(text("SELECT name FROM artists ORDER BY name"))).scalars())


@pytest.fixture
async def postgresql(request: pytest.FixtureRequest, postgres_template: str) -> AsyncIterator[AsyncEngine]:
    with migrated_database("postgresql", request) as settings:
        async with engine_for(settings) as engine:
            yield engine


async def crosswise(engine: AsyncEngine, patience: Patience) -> tuple[Turns, list[Result[None, DomainError]]]:
    """Have two commands take the same two locks in opposite orders."""
    one, other = await two_artists(engine)
    turns = Turns()
    commands = bus(engine, turns, patience)

    async def rename(*ids: UUID) -> Result[None, DomainError]:
        result = await commands.dispatch(RenameBoth(*ids))
        turns.ended.set()
        return result

    return turns, [*await asyncio.gather(rename(one, other), rename(other, one))]


@pytest.mark.postgres
async def test_a_deadlock_is_resolved_by_trying_again(postgresql: AsyncEngine) -> None:
    turns, results = await crosswise(postgresql, Patience())
    assert results == [Ok(None), Ok(None)]
    assert turns.attempts == 3
    assert await names(postgresql) == ["a!!", "b!!"]


@pytest.mark.postgres
async def test_without_another_attempt_a_deadlock_is_a_conflict_and_leaves_nothing_behind(
    postgresql: AsyncEngine,
) -> None:
    _, results = await crosswise(postgresql, Patience(attempts=1))
    errors = [result.error for result in results if not isinstance(result, Ok)]
    assert [type(error) for error in errors] == [Overtaken]
    assert isinstance(errors[0], Conflict)
    assert await names(postgresql) == ["a!", "b!"]


@pytest.mark.postgres
async def test_a_serialization_failure_at_any_statement_is_one_that_may_be_tried_again(postgresql: AsyncEngine) -> None:
    (id, _) = await two_artists(postgresql)

    async def come_too_late() -> None:
        async with work_on(postgresql) as work:
            await work.transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ())
            await work.repository(Artist).count()
            await change(postgresql, id, "theirs")
            (await required(work, Artist, id)).name = "ours"
            await work.commit()

    with pytest.raises(Overtaken) as caught:
        await come_too_late()
    assert may_try_again(caught.value)
    assert await names(postgresql) == ["b", "theirs"]


async def change(engine: AsyncEngine, id: UUID, name: str) -> None:
    async with work_on(engine) as work:
        (await required(work, Artist, id)).name = name
        await work.commit()


async def test_a_locked_file_is_waited_for_again(request: pytest.FixtureRequest, sqlite_template: Path) -> None:
    with migrated_database("sqlite", request) as settings:
        hasty = settings.model_copy(update={"statement_timeout": 0.05})
        async with engine_for(hasty) as engine:
            ids = await two_artists(engine)
            blocker = await engine.connect()
            await blocker.execute(text("SELECT 1"))
            waits_until = asyncio.get_running_loop().time() + 0.2
            freed = asyncio.create_task(closed_after(0.2, blocker))
            result: Any = await bus(engine, Turns(waiting=1), Patience(attempts=50)).dispatch(RenameBoth(*ids))
            assert result == Ok(None)
            assert asyncio.get_running_loop().time() >= waits_until
            await freed
            assert await names(engine) == ["a!", "b!"]


async def closed_after(seconds: float, connection: AsyncConnection) -> None:
    await asyncio.sleep(seconds)
    await connection.close()
