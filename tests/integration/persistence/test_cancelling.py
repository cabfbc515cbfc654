"""Whoever uses a connection may be cancelled wherever they wait, and the pool keeps what it had."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.engine import reading
from graphql_api.settings import DatabaseSettings
from tests.support.cancelling import cancelled_at_wait, waits
from tests.support.databases import engine_for

Connect = Callable[[AsyncEngine], AbstractAsyncContextManager[AsyncConnection]]
WAYS: Sequence[Connect] = (reading, AsyncEngine.begin, AsyncEngine.connect)


async def use(engine: AsyncEngine, connect: Connect) -> None:
    async with connect(engine) as connection:
        await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def engine_with(database: DatabaseSettings, connect: Connect | None) -> AsyncIterator[AsyncEngine]:
    """Give an engine that has the connection it will need already, or has none."""
    async with engine_for(database) as engine:
        if connect:
            await use(engine, connect)
        yield engine


async def assert_given_back(database: DatabaseSettings, connect: Connect, before: Connect | None) -> None:
    """Use a connection again and again, cancelled at each wait in turn until there are no more."""
    for nth in waits():
        async with engine_with(database, before) as engine:
            ended = await cancelled_at_wait(nth, use(engine, connect))
            assert engine.pool.checkedout() == 0, nth  # type: ignore[attr-defined]  # of a queue pool
            # Nor does anybody keep a lock.
            await use(engine, AsyncEngine.begin)
        if ended:
            break


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
