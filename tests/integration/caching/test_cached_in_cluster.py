"""The Redis provider on a cluster, whose keys lie on several servers."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest_asyncio

from graphql_api.caching.config import CacheConfig, Occasion
from graphql_api.caching.decorator import cached
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.multilevel import MultiLevelCache
from graphql_api.caching.redis_cache import RedisCache
from tests.servers.process import free_port
from tests.servers.valkey import connected
from tests.support.caches import GENEROUS, PREFIX

NUMBERS = range(60)


def cache_at(url: str, prefix: str = PREFIX) -> RedisCache:
    return RedisCache(url, CacheConfig(key_prefix=prefix), timeout=GENEROUS, cluster=True)


@pytest_asyncio.fixture
async def cache(cluster_nodes: Sequence[str]) -> AsyncIterator[RedisCache]:
    made = cache_at(cluster_nodes[0])
    yield made
    await made.clear()
    await made.close()


def keys_of(nodes: Sequence[str]) -> list[set[bytes]]:
    """Give the keys of each server."""
    found = []
    for url in nodes:
        with connected(url) as client:
            found.append(set(client.scan_iter(match=f"{PREFIX}*")))
    return found


async def test_a_cached_function_runs_once_for_all_processes(cluster_nodes: Sequence[str], cache: RedisCache) -> None:
    ran: list[int] = []

    async def double(number: int) -> int:
        ran.append(number)
        return 2 * number

    here, elsewhere = cached(cache, ttl=60)(double), cached(another := cache_at(cluster_nodes[-1]), ttl=60)(double)
    assert [await here(number) for number in NUMBERS] == [2 * number for number in NUMBERS]
    assert await asyncio.gather(*map(elsewhere, NUMBERS)) == [2 * number for number in NUMBERS]
    assert ran == list(NUMBERS)
    assert all(keys_of(cluster_nodes))
    assert cache.counts[Occasion.ERROR] == another.counts[Occasion.ERROR] == 0
    await another.close()


async def test_both_levels_work_over_a_cluster(cluster_nodes: Sequence[str], cache: RedisCache) -> None:
    both = MultiLevelCache(LRUMemoryCache(), cache)
    for number in NUMBERS:
        await both.set(str(number), number, 60)
    fresh = MultiLevelCache(LRUMemoryCache(), cache)
    assert [await fresh.get(str(number)) for number in NUMBERS] == list(NUMBERS)
    await fresh.delete("0")
    assert await cache.get("0") is None
    entry = await fresh.entry("1")
    assert entry is not None
    assert entry.ttl is not None
    assert 0 < entry.ttl <= 60


async def test_clearing_removes_its_own_keys_from_every_server(cluster_nodes: Sequence[str], cache: RedisCache) -> None:
    other = cache_at(cluster_nodes[0], f"{PREFIX[:-1]}*other:")
    for number in range(700):  # more than one scan gives
        await cache.set(str(number), number)
    await other.set("a", 1)
    assert await other.clear()
    assert await other.get("a") is None
    assert sum(map(len, keys_of(cluster_nodes))) == 700
    assert await cache.clear()
    assert not any(keys_of(cluster_nodes))
    await other.close()


async def test_a_cluster_that_is_away_fails_nobody() -> None:
    cache = cache_at(f"redis://127.0.0.1:{free_port()}/0")

    @cached(cache)
    async def work() -> int:
        return 1

    assert await work() == 1
    assert not await cache.clear()
    assert cache.breaker.failing
    await cache.close()
