"""The feed: every process hears of everything, from where it was, whatever happens to Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.event_log import EventForgotten, FellBehind, Occurrence
from domain.kernel.identity import new_id
from graphql_api.events.redis_stream import event_stream
from graphql_api.persistence.outbox.log import EventLog
from graphql_api.settings import DatabaseSettings, RedisSettings
from tests.servers import valkey
from tests.support.events import PATIENCE, Counted, counted, relaying, store


async def take(follower: AsyncIterator[Occurrence], count: int) -> list[int]:
    """Take the numbers of the next events."""
    async with asyncio.timeout(PATIENCE):
        return [number(await anext(follower)) for _ in range(count)]


def number(occurrence: Occurrence) -> int:
    assert isinstance(occurrence.event, Counted)
    return occurrence.event.number


async def test_what_happens_is_heard_from_now_on_in_every_process(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database) as one, relaying(database) as other:
        await store(engine, counted(1, 0))
        followers = [await one.feed.follow(), await other.feed.follow()]
        await store(engine, *(counted(1, each) for each in range(1, 50)))
        for follower in followers:
            numbers = await take(follower, 49)
            # What was on its way when they began may come too.
            assert numbers in (list(range(1, 50)), list(range(49)))


async def test_one_who_was_away_goes_on_after_the_last_event_it_had(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    events = [counted(1, each) for each in range(30)]
    async with relaying(database, outbox={"poll_interval": 0.02, "batch_size": 7}) as service:
        await store(engine, *events)
        while await EventLog(engine).latest() < 30:
            await asyncio.sleep(0.02)
        follower = await service.feed.follow(events[9].event_id)
        assert await take(follower, 20) == list(range(10, 30))
        await store(engine, counted(1, 30))
        assert await take(follower, 1) == [30]


async def test_an_event_that_is_not_known_cannot_be_gone_on_from(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database) as service:
        with pytest.raises(EventForgotten):
            await service.feed.follow(new_id())


async def test_one_who_does_not_keep_up_is_told_so_after_what_it_can_still_have(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database, subscriptions={"buffer": 5}) as service:
        slow, quick = await service.feed.follow(), await service.feed.follow()
        for each in range(8):
            await store(engine, counted(1, each))
            assert await take(quick, 1) == [each]
        assert await take(slow, 5) == [0, 1, 2, 3, 4]
        with pytest.raises(FellBehind):
            await anext(slow)


async def test_with_redis_every_process_hears_of_everything_though_redis_loses_it(
    engine: AsyncEngine, database: DatabaseSettings, redis_url: str
) -> None:
    redis = {"url": redis_url}
    async with relaying(database, redis=redis) as one, relaying(database, redis=redis) as other:
        followers = [await one.feed.follow(), await other.feed.follow()]
        for each in range(100):
            await store(engine, counted(1, each))
            if each % 10 == 5:
                valkey.clear(redis_url)
                with valkey.connected(redis_url) as client:
                    client.client_kill_filter(_type="normal", skipme=True)
        for follower in followers:
            assert await take(follower, 100) == list(range(100))


async def test_without_redis_though_it_is_configured_all_goes_on(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database, redis={"url": "redis://127.0.0.1:1/0"}) as service:
        follower = await service.feed.follow()
        await store(engine, *(counted(1, each) for each in range(10)))
        assert await take(follower, 10) == list(range(10))


async def test_redis_takes_an_entry_once_and_forgets_a_database_that_stood_here_before(
    engine: AsyncEngine, database: DatabaseSettings, redis_url: str
) -> None:
    stream = event_stream(redis_url, RedisSettings(), database.url, patience=0.05)
    try:
        async with relaying(database):
            await store(engine, *(counted(1, each) for each in range(10)))
            while await EventLog(engine).latest() < 10:
                await asyncio.sleep(0.02)
        entries = await EventLog(engine).after(0, 100)
        await stream.publish(entries[:6])
        await stream.publish(entries[3:])
        assert await stream.after(0, 100) == entries
        assert await stream.after(8, 100) == entries[8:]
        assert list(await stream.after(10, 100)) == []
        others = [type(one)(one.position, new_id(), one.entity_id, one.type, one.payload) for one in entries[:5]]
        await stream.publish(others)
        assert await stream.after(0, 100) == others
    finally:
        await stream.close()
