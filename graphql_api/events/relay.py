"""The relay: in the one process that leads, what the outbox holds becomes the log, and the log is handed on."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import structlog

from domain.kernel.clock import utc_now
from domain.kernel.event_log import EventPublisher
from graphql_api.events.bell import Bell
from graphql_api.events.publishing import Publishing
from graphql_api.events.reactions import Reactions
from graphql_api.events.retrying import AGAIN
from graphql_api.observability.outage import Outage
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.delivery import Deliveries
from graphql_api.persistence.outbox.leadership import Leader, leading
from graphql_api.persistence.outbox.log import EventLog, continue_log
from graphql_api.persistence.outbox.signals import Signal
from graphql_api.persistence.outbox.upkeep import clean
from graphql_api.settings import OutboxSettings

_log = structlog.stdlib.get_logger(__name__)

_SECONDS_BETWEEN_ROUNDS = 0.02
_SECONDS_BETWEEN_CLEANINGS = 60
_LEAST_SILENCE = 30  # seconds without a look, after which whoever leads is taken to hang
_LOOKS_MISSED = 6
_SECONDS_IN_AN_HOUR = 3600
_CLEANED_AT_ONCE = 5_000


class Relay:
    """Runs in every process; does its work in one of them, and in another as soon as that one is gone.

    `committed` rings when something may have come into the outbox, `grown` when the log has grown, which others are
    then to `tell`. `awaited` are the types of events that somebody reacts to.
    """

    def __init__(
        self,
        database: OutboxDatabase,
        reactions: Reactions,
        publishers: Sequence[EventPublisher],
        *,
        awaited: Collection[str],
        committed: Bell,
        grown: Bell,
        tell: Callable[[Signal], None],
        settings: OutboxSettings,
    ) -> None:
        self._database = database
        self._reactions = reactions
        self._publishers = publishers
        self._awaited = awaited
        self._committed = committed
        self._grown = grown
        self._tell = tell
        self._settings = settings
        self._interrupted = Outage(_log, "outbox.interrupted", "outbox.resumed")
        self.leads = False

    async def run(self) -> None:
        """Lead whenever nobody else does, until the bells are silenced."""
        while not self._grown.silenced:
            try:
                async with leading(self._database, self._silence) as leader:
                    self.leads = leader is not None
                    if leader is not None:
                        await self._lead(leader)
                    else:
                        self._interrupted.end()
            except Exception as error:  # noqa: BLE001  # the database may be away for a while
                self._interrupted.begin(reason=_first(error))
            self.leads = False
            await self._grown.pause(min(AGAIN, self._settings.poll_interval))

    @property
    def _silence(self) -> float:
        return max(_LEAST_SILENCE, _LOOKS_MISSED * self._settings.poll_interval)

    async def _lead(self, leader: Leader) -> None:
        log, deliveries = EventLog(self._database), Deliveries(self._database)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._continue_log(log, leader))
            group.create_task(self._reactions.run())
            group.create_task(self._clean())
            for publisher in self._publishers:
                group.create_task(Publishing(publisher, log, deliveries, self._grown, self._settings).run())

    async def _continue_log(self, log: EventLog, leader: Leader) -> None:
        while not self._committed.silenced:
            heard = self._committed.rung
            placed = await self._place(log, leader)
            self._interrupted.end()
            if placed:
                self._grown.ring()
                self._tell(Signal.GROWN)
                if placed == self._settings.batch_size:
                    continue
                # What many commit at a time comes into the log together.
                await self._committed.pause(_SECONDS_BETWEEN_ROUNDS)
            await self._committed.wait(heard, self._settings.poll_interval)

    async def _place(self, log: EventLog, leader: Leader) -> int:
        # On SQLite it would wait for the lock of whoever writes. On PostgreSQL it is as cheap as looking first.
        if self._database.is_sqlite and not await log.is_behind():
            return 0
        return await continue_log(leader, self._settings.batch_size, self._awaited)

    async def _clean(self) -> None:
        names = [publisher.name for publisher in self._publishers]
        while not self._grown.silenced:
            before = utc_now() - timedelta(hours=self._settings.keep_sent_hours)
            while await clean(self._database, before, names, _CLEANED_AT_ONCE) == _CLEANED_AT_ONCE:
                pass
            await self._grown.pause(_SECONDS_BETWEEN_CLEANINGS)


def _first(error: Exception) -> str:
    """Name the failure that ended the others."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
