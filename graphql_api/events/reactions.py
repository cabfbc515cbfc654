"""Telling handlers in this process of events: in order for each entity, as often as it takes, until it is given up."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

import structlog

from domain.kernel.bus import EventBus
from domain.kernel.clock import utc_now
from domain.kernel.messages import Event
from graphql_api.events.bell import Bell
from graphql_api.events.retrying import backoff
from graphql_api.observability.observation import EVENT_ID, Observation, observing, span
from graphql_api.observability.topic import SpanKind
from graphql_api.observability.tracer import Following, unrecorded
from graphql_api.persistence.outbox.codec import EventCodec
from graphql_api.persistence.outbox.delivery import Deliveries, Due, Failure
from graphql_api.settings import OutboxSettings

_log = structlog.stdlib.get_logger(__name__)

MOST_AT_ONCE = 16


class Reactions:
    """Delivers events to the handlers of this process. A handler may hear of the same event more than once."""

    def __init__(
        self,
        deliveries: Deliveries,
        codec: EventCodec,
        handlers: EventBus,
        grown: Bell,
        settings: OutboxSettings,
        *,
        awaited: bool = True,
        following: Following = unrecorded,
    ) -> None:
        """Put them together.

        `awaited` tells whether anybody reacts to anything, and `following` gives what records spans below the change
        that an event tells of.
        """
        self._deliveries = deliveries
        self._codec = codec
        self._handlers = handlers
        self._grown = grown
        self._settings = settings
        self._awaited = awaited
        self._failing = True  # as some may since another process led
        self._following = following

    async def run(self) -> None:
        """Deliver whatever is due, until the bell is silenced."""
        while not self._grown.silenced:
            if not self._awaited:
                # All that is there is what others left when they reacted to it.
                await self._grown.pause(self._settings.poll_interval)
            heard = self._grown.rung
            due = await self._deliveries.due(self._settings.batch_size)
            # A failure may have made way for what comes after it.
            if not await self._deliver(due) and len(due) < self._settings.batch_size and self._awaited:
                await self._grown.wait(heard, await self._seconds_to_wait())

    async def _seconds_to_wait(self) -> float:
        due_at, longest = await self._deliveries.next_due() if self._failing else None, self._settings.poll_interval
        self._failing = due_at is not None
        return longest if due_at is None else min(max((due_at - utc_now()).total_seconds(), 0), longest)

    async def _deliver(self, due: Sequence[Due]) -> bool:
        """Deliver events, and tell whether any failed."""
        if not due:
            return False
        slots = asyncio.Semaphore(MOST_AT_ONCE)
        sent: list[int] = []
        failed: list[Failure] = []

        async def deliver_in_order(events: Sequence[Due]) -> None:
            async with slots:
                for one in events:
                    failure = await self._attempt(one)
                    if failure is not None:
                        failed.append(failure)
                        return
                    sent.append(one.entry.position)

        async with asyncio.TaskGroup() as group:
            for events in _by_entity(due):
                group.create_task(deliver_in_order(events))
        await self._deliveries.settle(sent, failed)
        self._failing = self._failing or bool(failed)
        return bool(failed)

    async def _attempt(self, due: Due) -> Failure | None:
        entry = due.entry
        try:
            event = self._codec.decode(entry.type, entry.payload)
            async with asyncio.timeout(self._settings.handler_timeout):
                with observing(Observation(self._following(entry.trace))):
                    await self._tell(event)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is tried again, and others are not held up
            return self._failed(due, error)
        return None

    async def _tell(self, event: Event) -> None:
        with span(SpanKind.EVENT, f"handle {type(event).__name__}") as recorded:
            recorded.note({EVENT_ID: str(event.event_id)})
            await self._handlers.publish([event])

    def _failed(self, due: Due, error: Exception) -> Failure:
        attempts, settings = due.attempts + 1, self._settings
        given_up = attempts >= settings.max_attempts
        (_log.error if given_up else _log.warning)(
            "event.given_up" if given_up else "event.not_handled",
            type=due.entry.type,
            event_id=str(due.entry.event_id),
            attempts=attempts,
            exc_info=error,
        )
        seconds = backoff(due.attempts, settings.first_retry, settings.longest_retry)
        due_at = None if given_up else utc_now() + timedelta(seconds=seconds)
        return Failure(due.entry.position, _reason(error), due_at)


def _by_entity(due: Sequence[Due]) -> Iterator[Sequence[Due]]:
    several: dict[object, list[Due]] = defaultdict(list)
    for one in due:
        several[one.entry.entity_id].append(one)
    yield from several.values()


def _reason(error: Exception) -> str:
    """Say what the handlers failed with, one within the other or several of them."""
    if isinstance(error, ExceptionGroup):
        return "; ".join(_reason(one) for one in error.exceptions)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
