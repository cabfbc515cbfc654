"""Properties 6 to 9: what is kept comes back as it was, for as long as was said, and is worked out once."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.caching.codec import TypedJson, UnreadableValue
from graphql_api.caching.config import CacheConfig, Occasion
from graphql_api.caching.decorator import cached
from graphql_api.caching.memory import LRUMemoryCache
from tests.support.caches import Caches, caches

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Mood(Enum):
    """An enumeration whose values are no plain values."""

    GOOD = (1, "good")
    BAD = (2, "bad")


@dataclass(frozen=True, slots=True)
class Money:
    """A compound value within others."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Sale:
    """A compound value."""

    id: UUID
    prices: tuple[Money, ...]
    mood: Mood
    at: datetime | None = None


CODEC = TypedJson([Mood, Money, Sale])
ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.datetimes(timezones=ZONES)
MONEY = st.builds(Money, st.decimals(allow_nan=False), st.text(max_size=3))
SALES = st.builds(Sale, st.uuids(), st.lists(MONEY, max_size=2).map(tuple), st.sampled_from(Mood), st.none() | MOMENTS)
HASHABLE = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=20)
    | st.decimals(allow_nan=False) | st.uuids() | MOMENTS | st.dates() | st.times() | st.timedeltas()
    | st.sampled_from(Mood) | SALES
)  # fmt: skip
VALUES = st.recursive(
    HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.sets(HASHABLE, max_size=3)
        | st.frozensets(HASHABLE, max_size=3)
        | st.dictionaries(st.text(max_size=3) | HASHABLE, inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$", "$date", "$:x", "a"]), inner)
    ),
    max_leaves=4,
)
KEYS = st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kinds(redis_server: str) -> AsyncIterator[Caches]:
    async with caches(redis_server, CODEC) as made:
        yield made


def types_of(value: Any) -> Any:
    """Describe the types within a value."""
    match value:
        case dict():
            return dict, sorted(str((types_of(key), types_of(one))) for key, one in value.items())
        case list() | tuple():
            return type(value), [types_of(one) for one in value]
        case set() | frozenset():
            return type(value), sorted(str(types_of(one)) for one in value)
        case _:
            return type(value)


@given(key=KEYS, value=VALUES.filter(lambda value: value is not None))
async def test_what_is_set_comes_back_equal_and_of_its_type(kinds: Caches, key: str, value: Any) -> None:
    for name, cache in kinds.all.items():
        await cache.set(key, value)
        found = await cache.get(key)
        assert found == value, name
        assert types_of(found) == types_of(value), name
        await cache.delete(key)
        assert await cache.get(key) is None, name


@given(st.binary(max_size=30) | st.text(max_size=30).map(str.encode))
async def test_what_the_codec_did_not_write_is_refused_and_never_run(garbage: bytes) -> None:
    try:
        CODEC.loads(garbage)
    except UnreadableValue:
        return


@given(key=KEYS, lifetime=st.floats(0.001, 1e6), early=st.floats(0, 0.999))
async def test_an_entry_is_gone_after_its_time(kinds: Caches, key: str, lifetime: float, early: float) -> None:
    begun = kinds.clock.time = 0.0
    await kinds.memory.set(key, 1, lifetime)
    kinds.clock.time = begun + lifetime * early
    assert await kinds.memory.get(key) == 1
    kinds.clock.time = begun + lifetime
    assert await kinds.memory.get(key) is None
    assert len(kinds.memory) == 0


@given(key=KEYS, milliseconds=st.integers(2, 15))
async def test_an_entry_is_gone_after_its_time_in_the_server_too(kinds: Caches, key: str, milliseconds: int) -> None:
    for cache in (kinds.redis, kinds.both):
        begun = time.monotonic()
        await cache.set(key, 1, milliseconds / 1_000)
        async with asyncio.timeout(20):
            while await cache.get(key) is not None:
                await asyncio.sleep(0.001)
        assert time.monotonic() - begun >= (milliseconds - 1) / 1_000


async def test_the_first_level_keeps_an_entry_no_longer_than_the_second(kinds: Caches) -> None:
    await kinds.both.set("key", 1, 0.3)
    await kinds.both._first.delete("key")
    assert await kinds.both.get("key") == 1
    left = await kinds.both._first.entry("key")
    assert left is not None
    assert left.ttl is not None
    assert 0 < left.ttl <= 0.3


@given(size=st.integers(1, 6), uses=st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
async def test_what_was_used_least_recently_goes_first(size: int, uses: list[tuple[int, bool]]) -> None:
    cache, expected = LRUMemoryCache(CacheConfig(max_size=size)), dict[str, int]()
    for number, (name, sets) in enumerate(uses):
        key = str(name)
        if sets:
            await cache.set(key, number)
            expected.pop(key, None)
            expected[key] = number
            if len(expected) > size:
                del expected[next(iter(expected))]
            continue
        assert await cache.get(key) == expected.get(key)
        if key in expected:
            expected[key] = expected.pop(key)
    assert {key: await cache.get(key) for key in map(str, range(10))} == {
        key: expected.get(key) for key in map(str, range(10))
    }


@given(most=st.integers(1, 60), texts=st.lists(st.text("ab", max_size=30), max_size=20))
async def test_what_is_held_never_weighs_more_than_it_may(most: int, texts: list[str]) -> None:
    cache = LRUMemoryCache(CacheConfig(max_bytes=most))
    for number, text in enumerate(texts):
        await cache.set(str(number % 5), text)
        assert cache.weight == sum(weight for _, weight, _ in cache._held.values()) <= most


@given(calls=st.lists(st.integers(0, 3), min_size=1, max_size=20), result=VALUES)
async def test_a_cached_function_runs_once_for_equal_arguments(calls: list[int], result: Any) -> None:
    ran: list[int] = []
    clock = [0.0]

    @cached(LRUMemoryCache(CacheConfig(), CODEC, lambda: clock[0]), ttl=10)
    async def work(number: int, other: str = "x") -> Any:
        ran.append(number)
        await asyncio.sleep(0)
        return result

    for _ in range(2):
        answers = await asyncio.gather(*(work(one) if one % 2 else work(number=one, other="x") for one in calls))
        assert list(answers) == [result] * len(calls)
    assert sorted(ran) == sorted(set(calls))
    clock[0] = 10
    await work(calls[0])
    assert len(ran) == len(set(calls)) + 1


async def test_a_cached_function_that_fails_fails_for_all_who_wait_and_is_tried_again() -> None:
    attempts: list[int] = []

    @cached(LRUMemoryCache())
    async def work() -> int:
        attempts.append(1)
        await asyncio.sleep(0)
        if len(attempts) == 1:
            raise LookupError
        return 5

    outcomes = await asyncio.gather(work(), work(), return_exceptions=True)
    assert [type(one) for one in outcomes] == [LookupError, LookupError]
    assert await work() == 5


async def test_who_waits_goes_on_where_the_first_caller_leaves() -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    @cached(LRUMemoryCache())
    async def work() -> int:
        begun.set()
        await may_end.wait()
        return 5

    first, second = asyncio.create_task(work()), asyncio.create_task(work())
    await begun.wait()
    first.cancel()
    may_end.set()
    assert await second == 5
    assert first.cancelled()


async def test_clearing_leaves_the_keys_of_others_alone(kinds: Caches) -> None:
    await kinds.redis._client.set("others", b"1")
    for number in range(600):
        await kinds.redis.set(str(number), number)
    assert await kinds.redis.clear()
    assert await kinds.redis.get("7") is None
    assert await kinds.redis._client.getdel("others") == b"1"


async def test_what_is_given_out_is_not_what_is_held(kinds: Caches) -> None:
    for name, cache in kinds.all.items():
        await cache.set("list", [1])
        (await cache.get("list")).append(2)
        assert await cache.get("list") == [1], name


async def test_uses_are_counted() -> None:
    cache = LRUMemoryCache(CacheConfig(max_size=1))
    await cache.set("a", 1)
    await cache.set("b", 1)
    await cache.get("a")
    await cache.get("b")
    assert cache.counts == {Occasion.EVICTION: 1, Occasion.MISS: 1, Occasion.HIT: 1}


@given(st.dates())
async def test_the_names_of_dates_and_moments_are_not_mixed_up(day: date) -> None:
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # naive ones are values too
    assert [type(one) for one in CODEC.loads(CODEC.dumps([day, moment]))] == [date, datetime]
