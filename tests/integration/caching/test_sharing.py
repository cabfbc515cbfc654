"""What processes share by way of Redis: one works an answer out for all, and nobody is the worse for Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from domain.kernel.event_log import LogEntry
from domain.kernel.messages import Event
from domain.kernel.row_change import RowChange
from domain.kernel.viewer import ANONYMOUS
from graphql_api.caching.announcing import Announcer, anything_of
from graphql_api.caching.answers import AnswerCache
from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import Occasion
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.caching.leases import Lease, LeasedValues
from graphql_api.caching.parcels import Seals
from graphql_api.caching.sharing import SharedAnswers
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.origins import answering
from graphql_api.persistence.outbox.tables import rows_of
from tests.integration.caching.test_failing_server import PATIENCE, server, silence
from tests.servers.valkey import connected, running_valkey
from tests.support.databases import store_tables
from tests.support.events import until
from tests.unit.caching.test_answers import QUERY, Library

PREFIX = "tests:answers:"
LEASE = 0.3
TIMEOUT = 5.0  # seconds; a busy machine is no fault of the server


class Process(Library):
    """A library that shares, and hears the log when it is told to."""

    def __init__(self, url: str, lease: float = TIMEOUT, timeout: float = TIMEOUT) -> None:
        super().__init__()
        self.announcer = Announcer(store_tables().model, self.journal, lambda: None, 60)
        self.server = GuardedRedis(url, timeout, Breaker("shared answers"))
        self.values = LeasedValues(self.server, PREFIX, lease)
        seals = Seals(b"secret")
        self.shared = SharedAnswers(self.server, self.values, seals, self.journal, self.announcer.heard)
        self.cache = AnswerCache(
            self.cache._questions, self.journal, self.memory, lambda: self.is_current, ttl=60, shared=self.shared
        )

    def hear(self, position: int, event: Event) -> None:
        (row,) = rows_of([event])
        entry = LogEntry(position, event.event_id, event.entity_id, row["type"], row["payload"])
        self.announcer.hear(position, [entry], is_end=True)

    async def settled(self) -> None:
        """Wait until nothing is on its way to Redis."""
        await until(lambda: not self.shared._errands._under_way)

    async def told(self) -> Mapping[str, Any]:
        with observing(Observation(origins={})) as observation, answering("artist"):
            await self.ask()
        assert observation.origins is not None
        return observation.origins["artist"]


@asynccontextmanager
async def running(url: str, count: int, **options: float) -> AsyncIterator[list[Process]]:
    """Give processes that have heard of one event."""
    first = anything_of(["Album"])
    async with AsyncExitStack() as stack:
        processes = [Process(url, **options) for _ in range(count)]
        for process in processes:
            stack.push_async_callback(process.shared.close)
            process.hear(1, first)
        yield processes


@pytest_asyncio.fixture
async def processes(redis_url: str) -> AsyncIterator[list[Process]]:
    async with running(redis_url, 3) as made:
        yield made


def keys_of(url: str) -> list[bytes]:
    with connected(url) as client:
        return sorted(client.keys(f"{PREFIX}*"))


async def test_what_one_worked_out_others_use(processes: list[Process]) -> None:
    one, other, _ = processes
    assert (await one.told())["status"] == "miss"
    await one.settled()
    told = await other.told()
    assert (told["status"], told["level"]) == ("hit", "redis")
    assert 0 <= told["age"] < TIMEOUT
    assert (await other.told())["level"] == "memory"
    assert (one.loads, other.loads) == (1, 0)
    assert other.cache.counts()["shared_hit"] == one.cache.counts()["shared_miss"] == 1


async def test_what_somebody_heard_of_since_is_worked_out_again(processes: list[Process]) -> None:
    one, other, third = processes
    await one.ask()
    await one.settled()
    for process in (other, third):
        process.name = "after"
    change = anything_of(["Artist"])
    other.hear(2, change)
    assert await other.ask() == "AFTER"
    await other.settled()
    # The third has not heard of what this was made after.
    assert await third.ask() == "AFTER"
    third.hear(2, change)
    assert third.loads == 1


async def test_what_a_process_changed_itself_it_sees_before_the_log_tells(processes: list[Process]) -> None:
    one, other, _ = processes
    await one.ask()
    await one.settled()
    (event,) = other.announcer.announcement([RowChange("Artist")])
    other.announcer.saw([RowChange("Artist")], [event])
    other.name = "after"
    assert await other.ask() == "AFTER"


async def test_one_of_all_who_ask_at_once_works_it_out(processes: list[Process]) -> None:
    first = await processes[0].asking()
    await until(lambda: processes[0].loads)
    others = [asyncio.create_task(process.ask()) for process in processes for _ in range(3)]
    await until(lambda: len(keys_of_leases(processes[0])) == 1)
    processes[0].gate.set()
    assert await asyncio.gather(first, *others) == ["BEFORE"] * 10
    assert sum(process.loads for process in processes) == 1


def keys_of_leases(process: Process) -> list[bytes]:
    address = process.server.client.connection_pool.connection_kwargs
    return [key for key in keys_of(f"redis://{address['host']}:{address['port']}/{address['db']}") if b":lease" in key]


async def test_who_gives_up_lets_others_go_on_at_once(processes: list[Process]) -> None:
    first = await processes[0].asking()
    await until(lambda: processes[0].loads)
    first.cancel()
    begun = time.monotonic()
    assert await processes[1].ask() == "BEFORE"
    assert time.monotonic() - begun < TIMEOUT / 2


async def test_who_dies_holds_up_nobody_for_longer_than_a_lease(redis_url: str) -> None:
    async with running(redis_url, 1, lease=LEASE) as (process,):
        question = process.cache._questions.question(QUERY, ANONYMOUS, "shape")
        assert question is not None
        assert isinstance(await process.values.look(question.key), Lease)  # and is never heard of again
        begun = time.monotonic()
        assert await process.ask() == "BEFORE"
        assert time.monotonic() - begun > LEASE / 2


async def test_a_lease_is_ended_by_who_has_it_alone(processes: list[Process]) -> None:
    values = processes[0].values
    lease = await values.look("a")
    assert isinstance(lease, Lease)
    await values.release("a", Lease("another"))
    assert await values.look("a") is None
    await values.release("a", lease)
    assert isinstance(await values.look("a"), Lease)


async def test_an_empty_value_is_none(processes: list[Process]) -> None:
    await processes[0].values.put("a", b"", TIMEOUT)
    assert isinstance(await processes[0].values.look("a"), Lease)


@pytest.mark.usefixtures("fresh_logging")
@pytest.mark.parametrize("garbage", [b"x", b"\xff" * 40, b"moved"])
async def test_what_is_not_sealed_for_its_place_is_never_used(
    processes: list[Process], redis_url: str, garbage: bytes
) -> None:
    one, other, _ = processes
    await one.ask()
    await one.settled()
    (key,) = keys_of(redis_url)
    with connected(redis_url) as client:
        content = (
            one.shared._seals.pack("other", unpacked(one, key, client.get(key))) if garbage == b"moved" else garbage
        )
        client.set(key, content)
    with capture_logs() as logs:
        assert await other.ask() == "BEFORE"
    assert [log["event"] for log in logs] == ["cache.answer_unreadable"]
    assert (other.loads, other.cache.counts()["shared_error"]) == (1, 1)
    await other.settled()
    assert await processes[2].ask() == "BEFORE"
    assert processes[2].loads == 0


def unpacked(process: Process, key: bytes, content: Any) -> Any:
    return process.shared._seals.unpack(key.decode().removeprefix(PREFIX).strip("{}"), content)


@pytest.mark.usefixtures("fresh_logging")
async def test_a_silent_server_costs_a_few_looks_and_is_told_of_once() -> None:
    timeout = 0.05
    async with server(silence) as url, running(url, 1, timeout=timeout) as (process,):
        with capture_logs() as logs:
            begun = time.monotonic()
            for _ in range(50):
                process.memory.drop(next(iter(process.memory._held), ""))
                assert await process.ask() == "BEFORE"
                await process.settled()
            took = time.monotonic() - begun
    assert took < timeout * (PATIENCE + 1) + 1
    assert [log["event"] for log in logs] == ["cache.failing"]
    assert process.cache.counts()["shared_error"] >= PATIENCE


@pytest.mark.usefixtures("fresh_logging")
async def test_a_full_server_fails_nobody_and_is_of_use_again_once_it_has_room() -> None:
    with running_valkey() as url, connected(url) as client:
        async with running(url, 2) as (one, other):
            client.config_set("maxmemory", 1)
            with capture_logs() as logs:
                for _ in range(10):
                    one.memory.drop(next(iter(one.memory._held), ""))
                    assert await one.ask() == "BEFORE"
                    await one.settled()
            assert [log["event"] for log in logs] == ["cache.failing"]
            client.config_set("maxmemory", 0)

            async def shared() -> bool:
                one.memory.drop(next(iter(one.memory._held), ""))
                await one.ask()
                await one.settled()
                return bool(keys_of(url))

            await until(shared)
            assert await other.ask() == "BEFORE"
            assert other.loads == 0


async def test_what_is_old_is_said_to_be_right_up_to_now(processes: list[Process]) -> None:
    one, other, third = processes
    for process in processes:
        process.announcer.heard._length = 8
    await one.ask()
    await one.settled()
    events = [anything_of(["Album"]) for _ in range(12)]
    for process in processes:
        for number, event in enumerate(events[:6], start=2):
            process.hear(number, event)
    assert await other.ask() == "BEFORE"
    await other.settled()
    for number, event in enumerate(events[6:], start=8):
        third.hear(number, event)
    assert await third.ask() == "BEFORE"
    assert [process.loads for process in processes] == [1, 0, 0]


async def test_without_a_log_nothing_is_shared(redis_url: str) -> None:
    process = Process(redis_url)
    await process.ask()
    await process.settled()
    assert keys_of(redis_url) == []
    assert process.memory.counts[Occasion.LOAD] == 1
    await process.shared.close()
