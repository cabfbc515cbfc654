"""A Redis whose primary is another server from one moment to the next."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from redis.exceptions import ReadOnlyError
from structlog.testing import capture_logs

from domain.kernel.event_log import LogEntry
from domain.kernel.identity import new_id
from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import CacheConfig
from graphql_api.caching.redis_cache import RedisCache
from graphql_api.events.redis_stream import event_stream
from graphql_api.settings import DatabaseUrl, RedisSettings
from tests.servers.forwarding import Address, forwarding
from tests.servers.valkey import connected, running_valkey
from tests.support.caches import GENEROUS, PREFIX

pytestmark = pytest.mark.usefixtures("fresh_logging")


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def leading_to(url: str) -> AbstractAsyncContextManager[Address]:
    return forwarding("127.0.0.1", port_of(url))


def url_of(address: Address) -> str:
    return f"redis://127.0.0.1:{address.port}/0"


@pytest.fixture(scope="module")
def other_server() -> Iterator[str]:
    with running_valkey() as url:
        yield url


@pytest.fixture
def fail_over(redis_url: str, other_server: str) -> Iterator[Callable[[Address], None]]:
    """Give what makes the session's server a replica of the other one, which the address leads to from then on."""

    def act(address: Address) -> None:
        with connected(redis_url) as client:
            client.execute_command("REPLICAOF", "127.0.0.1", port_of(other_server))
        address.target = port_of(other_server)

    yield act
    with connected(redis_url) as client:
        client.execute_command("REPLICAOF", "NO", "ONE")


async def test_a_cache_goes_on_with_the_server_that_was_promoted(
    redis_url: str, fail_over: Callable[[Address], None]
) -> None:
    async with leading_to(redis_url) as address:
        breaker = Breaker("redis", patience=1_000, pause=0)
        cache = RedisCache(url_of(address), CacheConfig(key_prefix=PREFIX), timeout=GENEROUS, breaker=breaker)
        assert await cache.set("a", 1)
        fail_over(address)
        with capture_logs() as logs:
            assert not await cache.set("a", 2)
            assert await cache.set("a", 3)
            assert await cache.get("a") == 3
        await cache.close()
    assert [one["event"] for one in logs] == ["cache.failing", "cache.recovered"]


async def test_the_stream_goes_on_with_the_server_that_was_promoted(
    redis_url: str, fail_over: Callable[[Address], None]
) -> None:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(leading_to(redis_url))
        settings = RedisSettings(url=SecretStr(url_of(address)), timeout=GENEROUS)
        stream = event_stream(url_of(address), settings, DatabaseUrl("sqlite:///store.db"), patience=0.05)
        stack.push_async_callback(stream.close)
        entries = [LogEntry(position, new_id(), new_id(), "Counted", "{}") for position in range(1, 4)]
        await stream.publish(entries[:1])
        fail_over(address)
        with pytest.raises(ReadOnlyError):
            await stream.publish(entries[1:])
        await stream.publish(entries[1:])
        again = event_stream(url_of(address), settings, DatabaseUrl("sqlite:///store.db"), patience=0.05)
        stack.push_async_callback(again.close)
        assert await again.after(1, 10) == entries[1:]
