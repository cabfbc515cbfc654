"""The feed: each process reads the log from a place of its own, and tells those who follow it."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol
from uuid import UUID

import structlog

from domain.kernel.errors import Unavailable
from domain.kernel.event_log import EventForgotten, LogEntry, Occurrence
from graphql_api.events.bell import Bell
from graphql_api.events.follower import Follower
from graphql_api.events.retrying import AGAIN
from graphql_api.events.shared import Shared
from graphql_api.observability.outage import Outage
from graphql_api.persistence.outbox.codec import EventCodec, UnreadableEvent
from graphql_api.persistence.outbox.log import EventLog, Moment

MOST_UNPLACED: Final = 1_000
"""How many events may be on their way into the log when somebody begins to follow it; beyond that they wait."""

_log = structlog.stdlib.get_logger(__name__)


class StreamFailed(Exception):
    """What mirrors the log cannot be read at the moment; its text names the cause."""


class LogStream(Protocol):
    """A mirror of the log that can be waited at."""

    async def after(self, position: int, limit: int) -> Sequence[LogEntry]:
        """Read what follows a position, in order; wait a while where there is nothing yet. Raises StreamFailed."""
        ...


class LogAudience(Protocol):
    """Somebody who has to hear of everything before any follower does."""

    def hear(self, position: int, entries: Sequence[LogEntry], *, is_end: bool) -> None:
        """Hear what stands in the log up to a position, beyond the one before; that may be the end of the log."""
        ...


class Feed:
    """An EventFeed over the log: from Redis where there is one, and from the database for whatever Redis lacks.

    Positions have no gaps, so that what was missed shows. `buffer` is how many events one who follows may leave
    unread, and `reach` how many that are in the log already the audience hears again.
    """

    def __init__(
        self,
        log: EventLog,
        codec: EventCodec,
        grown: Bell,
        stream: LogStream | None = None,
        *,
        poll_interval: float,
        batch_size: int,
        buffer: int,
        audience: LogAudience | None = None,
        reach: int = 0,
    ) -> None:
        self._log = log
        self._reach = reach
        self._audience = audience
        self._codec = codec
        self._grown = grown
        self._stream = stream
        self._interrupted = Outage(_log, "feed.interrupted", "feed.resumed")
        self._stream_failed = Outage(_log, "feed.stream_failed", "feed.stream_recovered")
        self._poll_interval = poll_interval
        self._batch_size = batch_size
        self._buffer = buffer
        self._position = 0
        self._ready = asyncio.Event()
        self._followers: set[Follower] = set()
        self._wanted = 0 if audience is None else 1
        self._present = Shared(self._now)

    @property
    def followers(self) -> int:
        """How many follow what happens."""
        return len(self._followers)

    async def run(self) -> None:
        """Read the log, until the bell is silenced."""
        while not self._grown.silenced:
            try:
                await self._read()
            except Exception as error:  # noqa: BLE001  # the database may be away for a while
                self._interrupted.begin(error=type(error).__name__)
                await self._grown.pause(min(AGAIN, self._poll_interval))

    async def follow(self, after: UUID | None = None) -> AsyncGenerator[Occurrence]:
        """Begin to follow with what is committed from now on, or after an event; nothing from then on is missed."""
        if after is None:
            now = await self._present()
            return self._caught_up(now.position, now.unplaced)
        position = await self._log.position_of(after)
        if position is None:
            raise EventForgotten(after)
        return self._caught_up(position)

    async def _now(self) -> Moment:
        while not self._grown.silenced:
            heard = self._grown.rung
            moment = await self._log.now(MOST_UNPLACED)
            if moment is not None:
                return moment
            await self._grown.wait(heard, self._poll_interval)
        raise Unavailable("event feed")

    async def _caught_up(self, position: int, passed: Collection[UUID] = ()) -> AsyncGenerator[Occurrence]:
        """Yield what follows a position, from the database until nothing is left between that and what comes."""
        with self._reading_on():
            await self._ready.wait()
            while position < self._position:
                entries = await self._log.after(position, self._batch_size)
                for occurrence in self._decoded(entries):
                    if occurrence.event.event_id not in passed:
                        yield occurrence
                position = entries[-1].position if entries else self._position
            # Nothing was awaited since it was reached.
            with self._following(Follower(self._buffer, position, passed)) as follower:
                while True:
                    yield await follower.next()

    @contextmanager
    def _reading_on(self) -> Iterator[None]:
        """Have the log read while the block lasts: where nobody wants to hear of it, it is left alone."""
        self._wanted += 1
        self._grown.ring()
        try:
            yield
        finally:
            self._wanted -= 1

    @contextmanager
    def _following(self, follower: Follower) -> Iterator[Follower]:
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    async def _read(self) -> None:
        while not self._grown.silenced:
            heard = self._grown.rung
            if not self._wanted:
                self._ready.clear()
                await self._grown.wait(heard, self._poll_interval)
                continue
            if not self._ready.is_set():
                self._position = max(0, await self._log.latest() - self._reach)
                self._ready.set()
            streaming, entries = await self._streamed()
            if not entries:
                entries = await self._log.after(self._position, self._batch_size)
            self._interrupted.end()
            position = entries[-1].position if entries else self._position
            if self._audience is not None:
                self._audience.hear(position, entries, is_end=len(entries) < self._batch_size)
            self._position = position
            if entries:
                self._hand_out(entries)
            if not streaming and len(entries) < self._batch_size:
                await self._grown.wait(heard, self._poll_interval)

    async def _streamed(self) -> tuple[bool, Sequence[LogEntry]]:
        """Read from Redis; tell whether that waited for news, and what came, provided that nothing is missing."""
        if self._stream is None:
            return False, ()
        try:
            entries = await self._stream.after(self._position, self._batch_size)
        except StreamFailed as error:
            self._stream_failed.begin(reason=str(error))
            return False, ()
        self._stream_failed.end()
        complete = bool(entries) and entries[-1].position == self._position + len(entries)
        return True, entries if complete else ()

    def _hand_out(self, entries: Sequence[LogEntry]) -> None:
        if not self._followers:
            return
        for occurrence in self._decoded(entries):
            for follower in tuple(self._followers):
                follower.tell(occurrence)

    def _decoded(self, entries: Sequence[LogEntry]) -> Iterator[Occurrence]:
        for entry in entries:
            try:
                yield Occurrence(entry.position, self._codec.decode(entry.type, entry.payload), entry.trace)
            except UnreadableEvent as error:
                # Another version of the code may know it.
                _log.warning("feed.event_unreadable", event_id=str(entry.event_id), reason=str(error))
