"""All that moves events in one process, started and stopped together."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from domain.kernel.bus import EventBus
from domain.kernel.event_log import EventPublisher
from domain.kernel.messages import Event
from graphql_api.events.bell import Bell
from graphql_api.events.feed import Feed, LogAudience
from graphql_api.events.reactions import Reactions
from graphql_api.events.relay import Relay
from graphql_api.events.retrying import AGAIN
from graphql_api.observability.outage import Outage
from graphql_api.observability.tracer import Following, unrecorded
from graphql_api.persistence.outbox.codec import EventCodec
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.delivery import Deliveries
from graphql_api.persistence.outbox.log import EventLog
from graphql_api.persistence.outbox.signals import Signal, create_signals
from graphql_api.persistence.pool import PoolUsage
from graphql_api.settings import Settings

if TYPE_CHECKING:
    from graphql_api.events.redis_stream import RedisStream

_log = structlog.stdlib.get_logger(__name__)

_LOOKS_IN_A_LAG = 3
_GRACE = 3.0  # seconds for what is in the middle of something; a handler that is cut off is called again next time


class EventService:
    """The relay and the feed of one process; `feed` is what others follow."""

    def __init__(
        self,
        settings: Settings,
        types: Iterable[type[Event]],
        handlers: EventBus,
        publishers: Sequence[EventPublisher] = (),
        audience: LogAudience | None = None,
        *,
        reach: int = 0,
        following: Following = unrecorded,
    ) -> None:
        """Put them together; nothing is connected yet. Raises ValueError where two types have one name."""
        types = tuple(types)
        codec, database = EventCodec(types), OutboxDatabase(settings.database)
        self._database = database
        self._committed, self._grown = Bell(), Bell()
        self._signals = create_signals(settings.database)
        self._stream = _stream(settings)
        self.feed = Feed(
            EventLog(database),
            codec,
            self._grown,
            self._stream,
            poll_interval=_between_looks(settings, audience),
            batch_size=settings.outbox.batch_size,
            buffer=settings.subscriptions.buffer,
            audience=audience,
            reach=reach,
        )
        awaited = {kind.__name__ for kind in types if handlers.hears_of(kind)}
        self._relay = Relay(
            database,
            Reactions(
                *(Deliveries(database), codec, handlers, self._grown, settings.outbox),
                awaited=bool(awaited),
                following=following,
            ),
            [*publishers, *self.brokers],
            awaited=awaited,
            committed=self._committed,
            grown=self._grown,
            tell=self._signals.tell,
            settings=settings.outbox,
        )

    @property
    def brokers(self) -> "Sequence[RedisStream]":
        """What is configured beside the database, to be checked."""
        return () if self._stream is None else (self._stream,)

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections that events are moved by."""
        return self._database.driver.usage()

    async def committed(self, _events: Sequence[Event]) -> None:
        """Take note that events were stored."""
        self.wake()

    def wake(self) -> None:
        """Have the relay look for what was stored."""
        self._committed.ring()
        if not self._relay.leads:
            self._signals.tell(Signal.COMMITTED)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run while the block lasts."""
        listening = asyncio.create_task(self._listen())
        tasks = [asyncio.create_task(self._relay.run()), asyncio.create_task(self.feed.run())]
        try:
            yield
        finally:
            listening.cancel()
            self._committed.silence()
            self._grown.silence()
            _, late = await asyncio.wait(tasks, timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(listening, *tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close every connection."""
        if self._stream is not None:
            await self._stream.close()
        await self._database.close()

    async def _listen(self) -> None:
        bells = {Signal.COMMITTED: self._committed, Signal.GROWN: self._grown}
        deaf = Outage(_log, "events.not_listening", "events.listening_again")

        def hear(signal: Signal) -> None:
            deaf.end()
            bells[signal].ring()

        while True:
            try:
                await self._signals.listen(hear)
            except Exception as error:  # noqa: BLE001  # the database may be away for a while
                deaf.begin(error=type(error).__name__)
            await asyncio.sleep(AGAIN)


def _between_looks(settings: Settings, audience: LogAudience | None) -> float:
    seconds = settings.outbox.poll_interval
    # Who keeps answers trusts them for as long after each look.
    return seconds if audience is None else min(seconds, settings.cache.max_lag / _LOOKS_IN_A_LAG)


def _stream(settings: Settings) -> "RedisStream | None":
    if settings.redis.url is None:
        return None
    from graphql_api.events.redis_stream import event_stream

    return event_stream(settings.redis.url.get_secret_value(), settings.redis, settings.database.url)
