"""Events for tests: made up, stored as commands store them, and relayed on an engine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.bus import EventBus
from domain.kernel.messages import Event
from domain.kernel.protocols import EventHandler
from graphql_api.events.feed import LogAudience
from graphql_api.events.service import EventService
from graphql_api.persistence.outbox.database import OutboxDatabase
from graphql_api.persistence.outbox.signals import Signal, announce
from graphql_api.persistence.outbox.tables import outbox, rows_of
from graphql_api.persistence.outbox.upkeep import status
from graphql_api.settings import DatabaseSettings, LoggingSettings, OutboxSettings, Settings
from tests.support.databases import engine_for

PATIENCE = 20.0
FAST = OutboxSettings(poll_interval=PATIENCE, first_retry=0.01, longest_retry=0.05, max_attempts=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    """Something happened for the nth time."""

    number: int


def counted(entity: int, number: int) -> Counted:
    """Make an event of one of a few entities."""
    return Counted(entity_id=UUID(int=entity), number=number)


async def store(engine: AsyncEngine, *events: Event) -> None:
    """Store events as a unit of work does."""
    async with engine.begin() as connection:
        await connection.execute(insert(outbox), rows_of(events))
        await announce(connection, Signal.COMMITTED)


@asynccontextmanager
async def outbox_at(database: DatabaseSettings) -> AsyncIterator[OutboxDatabase]:
    """Give the way of those who move events to a database, and close it."""
    events = OutboxDatabase(database)
    try:
        yield events
    finally:
        await events.close()


@asynccontextmanager
async def relaying(
    database: DatabaseSettings,
    handlers: Mapping[type[Event], Sequence[EventHandler[Any]]] | None = None,
    publishers: Sequence[Any] = (),
    audience: LogAudience | None = None,
    **sections: Any,
) -> AsyncIterator[EventService]:
    """Run what moves events, as one process of a server does."""
    settings = Settings(**{"database": database, "outbox": FAST, "logging": LoggingSettings(), **sections})
    service = EventService(settings, [Counted], EventBus(handlers or {}), publishers, audience)
    try:
        async with service.running():
            yield service
    finally:
        await service.close()


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something has come about, which may be a coroutine that tells."""
    async with asyncio.timeout(PATIENCE):
        while not await _told(condition()):
            await asyncio.sleep(0.005)


async def _told(answer: Any) -> Any:
    return await answer if isawaitable(answer) else answer


async def all_sent(database: DatabaseSettings) -> None:
    """Wait until nothing is on its way any more."""

    async def sent() -> bool:
        return not (await status(engine)).waiting

    async with engine_for(database) as engine:
        await until(sent)
