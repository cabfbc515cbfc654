"""Handing the log on to a publisher, from where it stopped."""

import asyncio

import structlog

from domain.kernel.event_log import EventPublisher
from graphql_api.events.bell import Bell
from graphql_api.events.retrying import FIRST_PAUSE, backoff
from graphql_api.observability.outage import Outage
from graphql_api.persistence.outbox.delivery import Deliveries
from graphql_api.persistence.outbox.log import EventLog
from graphql_api.settings import OutboxSettings

_log = structlog.stdlib.get_logger(__name__)

_LONGEST_PAUSE = 5.0  # seconds


class Publishing:
    """Keeps one publisher up to date. One that fails is tried again and again; nothing is passed over."""

    def __init__(
        self, publisher: EventPublisher, log: EventLog, deliveries: Deliveries, grown: Bell, settings: OutboxSettings
    ) -> None:
        self._publisher = publisher
        self._log = log
        self._deliveries = deliveries
        self._grown = grown
        self._settings = settings

    async def run(self) -> None:
        """Publish what is new, until the bell is silenced."""
        name, failures = self._publisher.name, 0
        failing = Outage(_log, "events.not_published", "events.published_again", publisher=name)
        place = await self._deliveries.place_of(name)
        while not self._grown.silenced:
            heard = self._grown.rung
            entries = await self._log.after(place, self._settings.batch_size)
            if not entries:
                await self._grown.wait(heard, self._settings.poll_interval)
                continue
            try:
                async with asyncio.timeout(self._settings.handler_timeout):
                    await self._publisher.publish(entries)
            except Exception as error:  # noqa: BLE001  # brokers fail in ways of their own
                failing.begin(error=type(error).__name__)
                await self._grown.pause(backoff(failures, FIRST_PAUSE, _LONGEST_PAUSE))
                failures += 1
                continue
            failing.end()
            failures, place = 0, entries[-1].position
            await self._deliveries.move(name, place)
