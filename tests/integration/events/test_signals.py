"""Processes tell one another what they stored; in these tests nobody looks for it in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.persistence.outbox.signals import Signal, create_signals
from graphql_api.persistence.outbox.upkeep import dead_letters, retry
from graphql_api.settings import DatabaseSettings
from tests.support.events import Counted, counted, relaying, store, until

SOON = 5.0  # seconds; they would look after 20

POSTGRES = pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


@asynccontextmanager
async def listening(database: DatabaseSettings) -> AsyncIterator[list[Signal]]:
    """Listen as another process does, and give what is heard."""
    heard: list[Signal] = []
    task = asyncio.create_task(create_signals(database).listen(heard.append))
    try:
        await until(lambda: set(heard) == set(Signal))  # as whoever begins to listen does, since it cannot know
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_commit_and_a_growing_log_are_told(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with relaying(database), listening(database) as heard:
        heard.clear()
        async with asyncio.timeout(SOON):
            await store(engine, counted(1, 0))
            await until(lambda: set(heard) == set(Signal))


async def test_what_was_given_up_is_delivered_at_once_when_operators_ask_for_it(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    heard = []

    async def fail_once(event: Counted) -> None:
        heard.append(event)
        if len(heard) == 1:
            raise RuntimeError("not now")

    await store(engine, counted(1, 0))
    async with relaying(database, {Counted: [fail_once]}, outbox={"max_attempts": 1, "poll_interval": 20}):
        await until(lambda: dead_letters(engine, 1))
        async with asyncio.timeout(SOON):
            assert await retry(engine) == 1
            await until(lambda: len(heard) == 2)


@POSTGRES
async def test_who_loses_every_connection_listens_again(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with relaying(database) as one, relaying(database) as other:
        followers = [await one.feed.follow(), await other.feed.follow()]
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        async with asyncio.timeout(SOON):
            for number in range(3):
                await store(engine, counted(1, number))
                for follower in followers:
                    assert (await anext(follower)).event.number == number  # type: ignore[attr-defined]  # a Counted
