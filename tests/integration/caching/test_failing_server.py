"""A cache whose server is down, silent, slow or talks nonsense costs little, and fails nobody."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import CacheConfig, Occasion
from graphql_api.caching.redis_cache import RedisCache
from tests.servers.process import free_port
from tests.servers.valkey import connected
from tests.support.caches import PREFIX, Clock

pytestmark = pytest.mark.usefixtures("fresh_logging")
TIMEOUT = 0.1
PATIENCE, PAUSE = 3, 1.0
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """Listen on a free port."""
    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0"


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1_000):
        pass
    writer.close()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer so slowly that no single wait is long."""
    try:
        while True:
            writer.write(b"+")
            await writer.drain()
            await asyncio.sleep(TIMEOUT / 4)
    except (ConnectionError, asyncio.CancelledError):
        writer.close()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1_000):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def use(url: str) -> tuple[RedisCache, float, list[str]]:
    """Use a cache many times, and tell how long that took and what was logged."""
    breaker = Breaker("redis", patience=PATIENCE, pause=PAUSE)
    cache = RedisCache(url, CacheConfig(key_prefix=PREFIX), timeout=TIMEOUT, breaker=breaker)
    with capture_logs() as logs:
        begun = time.monotonic()
        for number in range(50):
            assert await cache.get(str(number)) is None
            await cache.set(str(number), number)
        took = time.monotonic() - begun
    await cache.close()
    return cache, took, [one["event"] for one in logs]


@pytest.mark.parametrize("talk", [silence, drip, nonsense])
async def test_a_server_that_does_not_do_its_work_costs_little(talk: Talk) -> None:
    async with server(talk) as url:
        cache, took, logged = await use(url)
    assert took < TIMEOUT * (PATIENCE + 1) + PAUSE
    assert logged == ["cache.failing"]
    assert cache.counts[Occasion.ERROR] >= PATIENCE
    assert cache.counts[Occasion.MISS] == 50


async def test_a_server_that_is_not_there_costs_little() -> None:
    _, took, logged = await use(f"redis://127.0.0.1:{free_port()}/0")
    assert took < PAUSE
    assert logged == ["cache.failing"]


async def test_garbage_under_a_key_is_absent_and_the_rest_goes_on(redis_url: str) -> None:
    cache = RedisCache(redis_url, CacheConfig(key_prefix=PREFIX), timeout=5)
    with connected(redis_url) as client:
        client.set(f"{PREFIX}a", b"\x80garbage")
        client.rpush(f"{PREFIX}b", b"not a text")
    assert await cache.get("a") is None
    assert await cache.get("b") is None
    await cache.set("a", [1])
    assert await cache.get("a") == [1]
    assert cache.counts[Occasion.ERROR] == 2
    await cache.close()


async def test_an_entry_that_ends_while_it_is_read_is_absent(redis_url: str) -> None:
    cache = RedisCache(redis_url, CacheConfig(key_prefix=PREFIX), timeout=5)
    await cache.set("a", 1)
    pipeline = cache._client.pipeline(transaction=False)
    pipeline.pttl = lambda key: pipeline.execute_command("PTTL", f"{key}, which has just ended")
    with patch.object(cache._client, "pipeline", lambda transaction: pipeline):
        assert await cache.get("a") is None
    assert await cache.get("a") == 1
    await cache.close()


@pytest.mark.parametrize(("patience", "pause"), [(PATIENCE, PAUSE), (1, 10.0)])
def test_a_breaker_says_once_that_something_fails_and_once_that_it_works(patience: int, pause: float) -> None:
    clock = Clock()
    breaker = Breaker("redis", patience=patience, pause=pause, now=clock)
    with capture_logs() as logs:
        for _ in range(patience):
            assert breaker.allows()
            breaker.failed("Down")
        clock.time += pause / 2
        assert not breaker.allows()
        clock.time += pause / 2
        assert [breaker.allows(), breaker.allows()] == [True, False]
        breaker.succeeded()
        assert breaker.allows()
        breaker.succeeded()
        breaker.failed("Down")
        breaker.succeeded()
        assert breaker.failing
    assert [one["event"] for one in logs] == ["cache.failing", "cache.recovered", "cache.failing"]
