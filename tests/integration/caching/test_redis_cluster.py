"""A cluster in place of one server: answers are shared through it, and the log is read from it."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from pydantic import SecretStr

from domain.kernel.event_log import LogEntry
from domain.kernel.identity import new_id
from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import Occasion
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.caching.leases import Lease, LeasedValues, Stored
from graphql_api.events.feed import StreamFailed
from graphql_api.events.redis_stream import RedisStream, event_stream
from graphql_api.settings import DatabaseUrl, RedisSettings
from tests.servers.process import free_port
from tests.servers.valkey import connected

TIMEOUT = 10.0
NAMES = [f"question {number}" for number in range(40)]


@pytest_asyncio.fixture
async def server(cluster_nodes: Sequence[str]) -> AsyncIterator[GuardedRedis]:
    made = GuardedRedis(cluster_nodes[0], TIMEOUT, Breaker("shared answers"), cluster=True)
    yield made
    await made.close()


def stream_at(url: str) -> RedisStream:
    settings = RedisSettings(url=SecretStr(url), cluster=True, timeout=TIMEOUT)
    return event_stream(url, settings, DatabaseUrl("sqlite:///store.db"), patience=0.05)


async def test_answers_lie_on_all_nodes_each_beside_its_lease(
    cluster_nodes: Sequence[str], server: GuardedRedis
) -> None:
    values = LeasedValues(server, "tests:answers:", seconds=60)
    for name in NAMES:
        lease = await values.look(name)
        assert isinstance(lease, Lease)
        assert lease.token is not None
        assert await values.look(name) is None
        await values.put(name, name.encode(), 60)
        await values.release(name, lease)
        found = await values.look(name)
        assert isinstance(found, Stored)
        assert found.value == name.encode()
    assert server.counts[Occasion.ERROR] == 0
    for url in cluster_nodes:
        with connected(url) as client:
            assert client.dbsize() > 0


async def test_the_log_is_read_as_from_one_server(cluster_nodes: Sequence[str]) -> None:
    stream = stream_at(cluster_nodes[0])
    entries = [LogEntry(position, new_id(), new_id(), "Counted", "{}") for position in range(1, 11)]
    try:
        await stream.check()
        await stream.publish(entries[:6])
        await stream.publish(entries[3:])
        assert await stream.after(0, 100) == entries
        assert list(await stream.after(10, 100)) == []
        others = [LogEntry(one.position, new_id(), one.entity_id, one.type, one.payload) for one in entries[:5]]
        await stream.publish(others)
        assert await stream.after(0, 100) == others
    finally:
        await stream.close()


async def test_a_cluster_that_is_away_fails_nobody() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    server = GuardedRedis(url, TIMEOUT, Breaker("shared answers"), cluster=True)
    assert await LeasedValues(server, "tests:", seconds=60).look("question") == Lease(None)
    assert server.breaker.failing
    await server.close()
    stream = stream_at(url)
    with pytest.raises(StreamFailed):
        await stream.after(0, 100)
    await stream.close()


@pytest.mark.parametrize("url", ["redis://localhost:6379/1", "unix:///run/redis.sock"])
def test_a_cluster_has_one_database_and_is_reached_by_tcp(url: str) -> None:
    with pytest.raises(ValueError, match="has to end in /0"):
        RedisSettings(url=SecretStr(url), cluster=True)
