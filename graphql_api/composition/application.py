"""The application, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.unit_of_work import UnitOfWork
from graphql_api.caching.documents import SharedDocuments
from graphql_api.caching.service import AnswerKeeping
from graphql_api.context import RequestContext
from graphql_api.events.service import EventService
from graphql_api.execution.executor import Executor
from graphql_api.observability.telemetry import Telemetry
from graphql_api.persistence.driver import Driver
from graphql_api.persistence.mapping import EntityTables
from graphql_api.schema.root import Schema
from graphql_api.settings import Settings


@dataclass(frozen=True, slots=True)
class Application:
    """All that answers a request, ready to be used; nothing is connected yet."""

    settings: Settings
    engine: AsyncEngine
    tables: EntityTables
    driver: Driver
    unit_of_work: Callable[[], UnitOfWork]
    schema: Schema
    executor: Executor
    events: EventService
    context: RequestContext
    telemetry: Telemetry
    keeping: AnswerKeeping | None = None
    shared_documents: SharedDocuments | None = None

    async def close(self) -> None:
        """Close every connection, and send what is left to be told."""
        if self.shared_documents is not None:
            await self.shared_documents.close()
        if self.keeping is not None:
            await self.keeping.close()
        await self.events.close()
        await self.driver.close()
        await self.engine.dispose()
        await self.telemetry.close()
