"""The feed: every process hears of everything, from where it was, whatever happens to Redis."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.event_log import EventForgotten, FellBehind, Occurrence
from domain.kernel.identity import new_id
from graphql_api.events.feed import MOST_UNPLACED
from graphql_api.events.redis_stream import event_stream
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.leadership import Leader, leading
from graphql_api.persistence.outbox.log import EventLog, continue_log
from graphql_api.persistence.outbox.signals import Signal, announce
from graphql_api.settings import CacheSettings, DatabaseSettings, RedisSettings
from tests.servers import valkey
from tests.support.events import PATIENCE, Counted, counted, outbox_at, relaying, store, until


async def take(follower: AsyncIterator[Occurrence], count: int) -> list[int]:
    """Take the numbers of the next events."""
    async with asyncio.timeout(PATIENCE):
        return [number(await anext(follower)) for _ in range(count)]


async def reached(events: OutboxDatabase, position: int) -> bool:
    return await EventLog(events).latest() >= position


async def grow(engine: AsyncEngine, leader: Leader, limit: int) -> None:
    await continue_log(leader, limit, ())
    async with engine.begin() as connection:
        await announce(connection, Signal.GROWN)


def number(occurrence: Occurrence) -> int:
    assert isinstance(occurrence.event, Counted)
    return occurrence.event.number


async def test_what_is_committed_from_now_on_is_heard_in_every_process(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database) as one, relaying(database) as other:
        await store(engine, *(counted(1, each) for each in range(-10, 0)))
        followers = [await one.feed.follow(), await other.feed.follow()]
        await store(engine, *(counted(1, each) for each in range(50)))
        for follower in followers:
            assert await take(follower, 50) == list(range(50))


async def test_those_who_begin_while_much_happens_hear_of_all_that_follows(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database) as service:
        followers = []
        for each in range(20):
            await store(engine, counted(1, each))
            followers.append(await service.feed.follow())
        await store(engine, counted(1, 20))
        for begun, follower in enumerate(followers):
            assert await take(follower, 20 - begun) == list(range(begun + 1, 21))


async def test_one_who_comes_after_all_have_left_hears_of_what_follows(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with outbox_at(database) as events, relaying(database) as service:
        for each in range(3):
            follower = await service.feed.follow()
            await store(engine, counted(1, each))
            assert await take(follower, 1) == [each]
            await follower.aclose()
            await store(engine, *(counted(1, -number) for number in range(5)))
            await until(partial(reached, events, 6 * (each + 1)))


async def test_nobody_begins_where_too_much_is_on_its_way_to_be_told_apart(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    await store(engine, *(counted(1, each) for each in range(-MOST_UNPLACED - 1, 0)))
    async with outbox_at(database) as events, leading(events, 30) as leader, relaying(database) as service:
        assert leader is not None
        following = asyncio.create_task(service.feed.follow())
        assert await EventLog(events).now(MOST_UNPLACED) is None
        await grow(engine, leader, 1)
        follower = await following
        await store(engine, counted(1, 0))
        await grow(engine, leader, MOST_UNPLACED + 2)
        assert await take(follower, 1) == [0]


async def test_one_who_was_away_goes_on_after_the_last_event_it_had(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    told = [counted(1, each) for each in range(30)]
    async with outbox_at(database) as events, relaying(database, outbox={"batch_size": 7}) as service:
        await store(engine, *told)
        await until(lambda: reached(events, 30))
        follower = await service.feed.follow(told[9].event_id)
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
        first = asyncio.create_task(take(slow, 1))
        await until(lambda: service.feed.followers == 1)
        for each in range(9):
            await store(engine, counted(1, each))
            assert await take(quick, 1) == [each]
            await first
        assert await take(slow, 5) == [1, 2, 3, 4, 5]
        with pytest.raises(FellBehind):
            await anext(slow)


async def test_with_redis_every_process_hears_of_everything_though_redis_loses_it(
    engine: AsyncEngine, database: DatabaseSettings, redis_url: str
) -> None:
    redis = {"url": redis_url}
    async with relaying(database, redis=redis) as one, relaying(database, redis=redis) as other:
        followers = [await one.feed.follow(), await other.feed.follow()]
        for each in range(40):
            await store(engine, counted(1, each))
            if each % 10 == 5:
                valkey.clear(redis_url)
                with valkey.connected(redis_url) as client:
                    client.client_kill_filter(_type="normal", skipme=True)
        for follower in followers:
            assert await take(follower, 40) == list(range(40))


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
        async with outbox_at(database) as events, relaying(database):
            await store(engine, *(counted(1, each) for each in range(10)))
            await until(lambda: reached(events, 10))
            entries = await EventLog(events).after(0, 100)
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


async def test_who_keeps_answers_hears_often_that_nothing_happened(database: DatabaseSettings) -> None:
    class Audience:
        looks = 0

        def hear(self, _position: int, _entries: object, *, is_end: bool) -> None:
            self.looks += is_end

    audience = Audience()
    async with relaying(database, audience=audience, cache=CacheSettings(max_lag=0.1)):
        await until(lambda: audience.looks > 3)
