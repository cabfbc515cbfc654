"""Whoever uses a connection may be cancelled wherever they wait, and the pool keeps what it had."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.engine import reading
from graphql_api.settings import DatabaseSettings
from tests.support.databases import engine_for

Connect = Callable[[AsyncEngine], AbstractAsyncContextManager[AsyncConnection]]
WAYS: Sequence[Connect] = (reading, AsyncEngine.begin, AsyncEngine.connect)
MOST_WAITS = 100


class CancelledAtWait:
    """Runs a coroutine in the task that awaits this, and cancels that task when it waits for the nth time."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], nth: int) -> None:
        self._coroutine = coroutine
        self._left = nth

    @property
    def ended_before(self) -> bool:
        """Tell whether the coroutine did not wait that often."""
        return self._left > 0

    def __await__(self) -> Generator[Any, Any, None]:
        thrown: BaseException | None = None
        while True:
            try:
                awaited = self._coroutine.throw(thrown) if thrown else self._coroutine.send(None)
            except StopIteration:
                return
            thrown = None
            self._left -= 1
            if self._left == 0 and (task := asyncio.current_task()):
                task.cancel()
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  # The coroutine is told of it.
                thrown = error


async def use(engine: AsyncEngine, connect: Connect) -> None:
    async with connect(engine) as connection:
        await connection.execute(text("SELECT 1"))


async def awaiting(cancelled: CancelledAtWait) -> None:
    await cancelled


@asynccontextmanager
async def engine_with(database: DatabaseSettings, connect: Connect | None) -> AsyncIterator[AsyncEngine]:
    """Give an engine that has the connection it will need already, or has none."""
    async with engine_for(database) as engine:
        if connect:
            await use(engine, connect)
        yield engine


async def assert_given_back(database: DatabaseSettings, connect: Connect, before: Connect | None) -> None:
    """Use a connection again and again, cancelled at each wait in turn until there are no more."""
    for nth in range(1, MOST_WAITS):
        async with engine_with(database, before) as engine:
            cancelled = CancelledAtWait(use(engine, connect), nth)
            task = asyncio.create_task(awaiting(cancelled))
            await asyncio.wait([task])
            assert task.cancelled() is not cancelled.ended_before
            assert engine.pool.checkedout() == 0, nth  # type: ignore[attr-defined]  # of a queue pool
            # Nor does anybody keep a lock.
            await use(engine, AsyncEngine.begin)
        if cancelled.ended_before:
            return
    pytest.fail(f"It waited {MOST_WAITS} times or more.")


@pytest.mark.parametrize("connect", WAYS)
async def test_a_connection_is_given_back_wherever_its_user_is_cancelled(
    database: DatabaseSettings, connect: Connect
) -> None:
    await assert_given_back(database, connect, before=connect)


# PostgreSQL's driver alone knows of its connections before they are there.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("connect", WAYS)
async def test_a_new_connection_is_given_back_wherever_its_user_is_cancelled(
    database: DatabaseSettings, connect: Connect
) -> None:
    await assert_given_back(database, connect, before=None)
