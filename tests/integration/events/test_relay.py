"""The relay: at least once, in order for each entity, by one process at a time, and nobody holds up the others."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.clock import utc_now
from domain.kernel.event_log import LogEntry
from domain.kernel.messages import Event
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.leadership import Leader, leading
from graphql_api.persistence.outbox.log import EventLog, continue_log
from graphql_api.persistence.outbox.tables import outbox, rows_of
from graphql_api.persistence.outbox.upkeep import clean, dead_letters, retry, status
from graphql_api.persistence.postgresql import PostgresDriver
from graphql_api.settings import DatabaseSettings, OutboxSettings
from tests.support.events import Counted, counted, outbox_at, relaying, store, until


class Listener:
    """Hears of events, and fails at the numbers it is told to, as often as it is told to."""

    def __init__(self, **failures: int) -> None:
        self.heard: list[Counted] = []
        self.failures = {int(name.removeprefix("at_")): times for name, times in failures.items()}

    async def __call__(self, event: Counted) -> None:
        self.heard.append(event)
        if self.failures.get(event.number, 0) > 0:
            self.failures[event.number] -= 1
            raise RuntimeError("not now")

    def numbers(self, entity: int | None = None) -> list[int]:
        return [event.number for event in self.heard if entity is None or event.entity_id.int == entity]


def sent(engine: AsyncEngine, number: int) -> Callable[[], Awaitable[bool]]:
    async def told() -> bool:
        return (await status(engine)).sent == number

    return told


def published(engine: AsyncEngine) -> Callable[[], Awaitable[bool]]:
    async def told() -> bool:
        return (await status(engine)).publishers == {"broker": 0}

    return told


async def test_what_was_stored_is_heard_once_in_order_and_marked(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    listener = Listener()
    await store(engine, *(counted(number % 3, number) for number in range(30)))
    async with relaying(database, {Counted: [listener]}):
        await until(sent(engine, 30))
    for entity in range(3):
        assert listener.numbers(entity) == list(range(entity, 30, 3))
    found = await status(engine)
    assert (found.waiting, found.retrying, found.dead, found.sent) == (0, 0, 0, 30)


async def test_a_commit_in_the_same_process_is_heard_of_at_once(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    listener = Listener()
    await store(engine, counted(1, 0))
    async with relaying(database, {Counted: [listener]}, outbox={"poll_interval": 30}) as service:
        await until(lambda: listener.heard)
        await store(engine, counted(1, 1))
        await service.committed([])
        await until(lambda: listener.numbers() == [0, 1])


async def test_a_handler_that_fails_holds_up_its_entity_and_no_other(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    listener = Listener(at_0=2)
    await store(engine, counted(1, 0), counted(1, 1), counted(2, 2), counted(1, 3), counted(2, 4))
    async with relaying(database, {Counted: [listener]}):
        await until(lambda: 3 in listener.numbers())
    assert listener.numbers(1) == [0, 0, 0, 1, 3]
    assert listener.numbers(2) == [2, 4]
    assert listener.numbers().index(4) < listener.numbers().index(1)


async def test_what_fails_too_often_is_given_up_and_can_be_tried_again(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    listener = Listener(at_0=3)
    await store(engine, counted(1, 0), counted(1, 1))
    async with relaying(database, {Counted: [listener]}):
        await until(lambda: 1 in listener.numbers())
        assert listener.numbers() == [0, 0, 0, 1]
        (dead,) = await dead_letters(engine, 10)
        assert (dead.type, dead.attempts, dead.error) == ("Counted", 3, "RuntimeError: not now")
        assert (await status(engine)).dead == 1
        assert await retry(engine, [dead.entity_id]) == 0
        assert await retry(engine, [dead.event_id]) == 1
        await until(lambda: listener.numbers() == [0, 0, 0, 1, 0])
        await until(sent(engine, 2))
    assert (await status(engine)).dead == 0


async def test_a_handler_that_hangs_is_cut_off(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async def hang(_event: Counted) -> None:
        await asyncio.Event().wait()

    await store(engine, counted(1, 0))
    impatient = {"handler_timeout": 0.05, "max_attempts": 1}
    async with relaying(database, {Counted: [hang]}, outbox=impatient):
        await until(lambda: dead_letters(engine, 1))
    assert (await dead_letters(engine, 1))[0].error == "TimeoutError"


async def test_an_event_that_nobody_knows_is_kept_for_a_version_that_does(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    listener = Listener()
    await store(engine, counted(1, 0), counted(1, 1))
    async with engine.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.number == first(engine)).values(payload="{}"))
    async with relaying(database, {Counted: [listener]}):
        await until(lambda: 1 in listener.numbers())
    assert listener.numbers() == [1]
    (dead,) = await dead_letters(engine, 10)
    assert dead.error.startswith("UnreadableEvent: The stored Counted does not fit its type")


def first(_engine: AsyncEngine) -> object:
    return select(func.min(outbox.c.number)).scalar_subquery()


async def test_one_leads_and_another_takes_over(database: DatabaseSettings) -> None:
    async with outbox_at(database) as events, outbox_at(database) as others_events:
        async with leading(events, 30) as leader:
            assert leader is not None
            async with leading(others_events, 30) as other:
                assert other is None
        async with leading(others_events, 30) as next_one:
            assert next_one is not None


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_another_takes_over_from_one_that_hangs(database: DatabaseSettings) -> None:
    async with outbox_at(database) as events, outbox_at(database) as others_events:

        async def leads_again() -> bool:
            async with leading(others_events, 30) as next_one:
                return next_one is not None

        async def lead_and_hang() -> None:
            async with leading(events, 0.2) as leader:
                assert leader is not None
                await until(leads_again)
                await continue_log(leader, 1, ())

        # Which of them it is depends on whether the end has come when it is used.
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)):
            await lead_and_hang()
        async with leading(events, 30) as once_more:
            assert once_more is not None


async def test_whoever_leads_may_miss_some_looks_and_no_more(
    database: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def noted(events: OutboxDatabase, silence: float) -> AbstractAsyncContextManager[Leader | None]:
        given.append(silence)
        return leading(events, silence)

    monkeypatch.setattr("graphql_api.events.relay.leading", noted)
    async with relaying(database, outbox=OutboxSettings(poll_interval=20)):
        await until(lambda: given)
    assert given[0] == 120


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_connection_that_led_may_be_silent_afterwards(database: DatabaseSettings) -> None:
    async with outbox_at(database) as events:
        async with leading(events, 30) as leader:
            assert leader is not None
        # The one that was given back last is lent first.
        assert isinstance(events.driver, PostgresDriver)
        connection = await events.driver.lend()
        try:
            assert await connection.fetchval("SELECT current_setting('idle_session_timeout')") == "0"
        finally:
            events.driver.give_back(connection)


async def test_many_processes_deliver_each_event_once(engine: AsyncEngine, database: DatabaseSettings) -> None:
    listener = Listener()
    handlers: dict[type[Event], list[Listener]] = {Counted: [listener]}
    async with relaying(database, handlers), relaying(database, handlers), relaying(database, handlers):
        for number in range(20):
            await store(engine, counted(number % 4, number))
        await until(sent(engine, 20))
    assert sorted(listener.numbers()) == list(range(20))


async def test_positions_follow_commits_without_gaps(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with outbox_at(database) as events, leading(events, 30) as leader:
        assert leader is not None
        for batch in range(5):
            await store(engine, *(counted(batch, number) for number in range(batch + 1)))
            while await continue_log(leader, 2, ()):
                pass
        positions = [entry.position for entry in await EventLog(events).after(0, 100)]
    assert positions == list(range(1, 16))


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_late_commit_with_an_earlier_number_is_not_passed_over(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with outbox_at(database) as events, leading(events, 30) as leader, engine.connect() as late:
        assert leader is not None
        await late.execute(outbox.insert(), rows_of([counted(1, 1)]))
        await store(engine, counted(2, 2))
        assert await continue_log(leader, 100, ()) == 1
        await late.commit()
        assert await continue_log(leader, 100, ()) == 1
        assert [entry.entity_id.int for entry in await EventLog(events).after(0, 10)] == [2, 1]


class Broker:
    """A publisher that is away for the first attempts."""

    name = "broker"

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken: list[LogEntry] = []

    async def publish(self, entries: list[LogEntry]) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("away")
        self.taken.extend(entries)


async def test_a_publisher_gets_all_in_order_and_goes_on_where_it_stopped(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    broker = Broker(failures=3)
    async with relaying(database, publishers=[broker]):
        await until(published(engine))
        await store(engine, *(counted(1, number) for number in range(10)))
        await until(lambda: len(broker.taken) == 10)
    await store(engine, *(counted(1, number) for number in range(10, 20)))
    async with relaying(database, publishers=[broker]):
        await until(lambda: len(broker.taken) == 20)
        await until(published(engine))
    assert [entry.position for entry in broker.taken] == list(range(1, 21))
    assert (await status(engine)).publishers == {"broker": 0}


async def test_cleaning_keeps_the_newest_what_is_not_sent_and_what_a_publisher_lacks(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with relaying(database, publishers=[Broker(failures=0)]):
        await until(published(engine))
        await store(engine, *(counted(1, number) for number in range(10)))
        await until(sent(engine, 10))
        await until(published(engine))
    later = utc_now() + timedelta(hours=1)
    async with outbox_at(database) as events:
        assert await clean(events, utc_now() - timedelta(hours=1), [], 100) == 0
        async with engine.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.position == 2).values(sent_at=None))
        assert await clean(events, later, ["broker"], 4) == 4
        assert await clean(events, later, ["broker"], 100) == 4
        assert [entry.position for entry in await EventLog(events).after(0, 100)] == [2, 10]
