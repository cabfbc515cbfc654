"""Connections to Redis, whether that is one server or a cluster: each command is tried once, for a bounded time."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ReadOnlyError, RedisClusterException, RedisError

FAILURES: Final = (RedisError, RedisClusterException, OSError)
"""What commands fail with; that a cluster is not to be reached is no RedisError."""


def redis_client(url: str, *, cluster: bool, connect_timeout: float, timeout: float) -> Any:
    """Make a client, which connects when it is used."""
    kind: Any = RedisCluster if cluster else Redis
    # redis-py would try ten times.
    return kind.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=connect_timeout, socket_timeout=timeout
    )


async def leave_if_demoted(client: Any, error: Exception) -> None:
    """Have the next command look for the server that writes now, where an error says that this one no longer does.

    A server that was demoted keeps its connections, and refuses what comes over them for good.
    """
    if isinstance(error, ReadOnlyError) and isinstance(client, Redis):
        await client.connection_pool.disconnect(inuse_connections=False)


async def places_of_keys(client: Any) -> Sequence[Mapping[str, Any]]:
    """Give what directs a command to each of the servers that have a part of the keys."""
    if not isinstance(client, RedisCluster):
        return [{}]
    cluster = await client.initialize()
    return [{"target_nodes": node} for node in cluster.get_primaries()]
