"""The log in a Redis stream, where every process reads it from a place of its own.

An entry has the id `POSITION-0`, so that Redis itself refuses one that it has already.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from redis.exceptions import ResponseError

from domain.kernel.event_log import LogEntry
from graphql_api.caching.redis_client import FAILURES, leave_if_demoted, redis_client
from graphql_api.events.feed import StreamFailed
from graphql_api.settings import DatabaseUrl, RedisSettings

_REFUSED: Final = "equal or smaller"
_MILLISECONDS: Final = 1_000


class RedisStream:
    """An EventPublisher that appends to a stream, a reader of the same stream, and the check of its server."""

    name = "redis"

    def __init__(
        self, url: str, key: str, *, length: int, timeout: float, patience: float, cluster: bool = False
    ) -> None:
        """Name the stream, whose newest `length` entries are kept; a reading waits `patience` seconds for news."""
        self._key = key
        self._length = length
        self._patience = patience
        self._writer = redis_client(url, cluster=cluster, connect_timeout=timeout, timeout=timeout)
        self._reader = redis_client(url, cluster=cluster, connect_timeout=timeout, timeout=patience + timeout)

    async def publish(self, entries: Sequence[LogEntry]) -> None:
        """Append entries; those that are there already are passed over."""
        refused = await self._append(entries)
        if refused and not await self._holds(refused[-1]):
            # It is the stream of a database that stood here before.
            await self._writer.delete(self._key)
            await self._append(entries)

    async def after(self, position: int, limit: int) -> Sequence[LogEntry]:
        """Read what follows a position, in order; wait a while where there is nothing yet. Raises StreamFailed."""
        block = int(self._patience * _MILLISECONDS)
        try:
            found = await self._reader.xread({self._key: f"{position}-0"}, count=limit, block=block)
        except FAILURES as error:
            raise StreamFailed(type(error).__name__) from error
        return [_entry(id, fields) for _, entries in _streams(found) for id, fields in entries]

    async def check(self) -> None:
        """Return when the server takes what is written; a full one answers, too. Raises what that fails with."""
        try:
            await self._writer.set(f"{self._key}:check", b"", px=_MILLISECONDS)
        except FAILURES as error:
            await leave_if_demoted(self._writer, error)
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._writer.aclose()
        await self._reader.aclose()

    async def _append(self, entries: Sequence[LogEntry]) -> list[LogEntry]:
        """Append what Redis takes, and return what it refuses for the sake of the order."""
        async with self._writer.pipeline(transaction=False) as pipeline:
            for entry in entries:
                pipeline.xadd(
                    self._key, _fields(entry), id=f"{entry.position}-0", maxlen=self._length, approximate=True
                )
            outcomes = await pipeline.execute(raise_on_error=False)
        refused: list[LogEntry] = []
        for entry, outcome in zip(entries, outcomes, strict=True):
            if isinstance(outcome, ResponseError) and _REFUSED in str(outcome):
                refused.append(entry)
            elif isinstance(outcome, Exception):
                await leave_if_demoted(self._writer, outcome)
                raise outcome
        return refused

    async def _holds(self, entry: LogEntry) -> bool:
        id = f"{entry.position}-0"
        found = await self._writer.xrange(self._key, id, id)
        return any(fields[b"event"] == str(entry.event_id).encode() for _, fields in found)


def event_stream(url: str, redis: RedisSettings, database: DatabaseUrl, patience: float = 1.0) -> RedisStream:
    """Make the stream of a database in a Redis."""
    digest = hashlib.blake2s(database.reveal().encode(), digest_size=8, person=b"events").hexdigest()
    key = f"{redis.key_prefix}:events:{digest}"
    return RedisStream(
        url, key, length=redis.stream_length, timeout=redis.timeout, patience=patience, cluster=redis.cluster
    )


def _streams(found: Any) -> Any:
    # A list of pairs, or in the newer protocol a map to lists of lists.
    return (
        ((key, [one for part in parts for one in part]) for key, parts in found.items())
        if isinstance(found, dict)
        else found or ()
    )


def _fields(entry: LogEntry) -> dict[Any, Any]:
    return {
        "event": str(entry.event_id),
        "entity": str(entry.entity_id),
        "type": entry.type,
        "payload": entry.payload,
        **({"trace": entry.trace} if entry.trace else {}),
    }


def _entry(id: bytes, fields: dict[bytes, bytes]) -> LogEntry:
    return LogEntry(
        position=int(id.partition(b"-")[0]),
        event_id=UUID(fields[b"event"].decode()),
        entity_id=UUID(fields[b"entity"].decode()),
        type=fields[b"type"].decode(),
        payload=fields[b"payload"].decode(),
        trace=fields[b"trace"].decode() if b"trace" in fields else None,
    )
