"""What happens when the application starts and stops, and what lives beside its requests."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import structlog
from starlette.applications import Starlette

from graphql_api.composition.application import Application
from graphql_api.http.announced_stop import announced_stop
from graphql_api.http.health import Readiness
from graphql_api.persistence.availability import unavailability_told
from graphql_api.persistence.expiry import expiring
from graphql_api.persistence.migrate import migrate
from graphql_api.persistence.outbox.watching import watching_backlog

_log = structlog.stdlib.get_logger(__name__)


def lifespan(
    application: Application, readiness: Readiness
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Give what prepares the database, lives beside the requests, and closes everything at the end."""

    @asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        try:
            await _prepare(application)
            async with AsyncExitStack() as stack:
                if application.settings.database.keeps_tables:
                    await stack.enter_async_context(expiring(application.engine, application.tables))
                    await stack.enter_async_context(application.events.running())
                    if application.settings.telemetry.on:
                        watched = watching_backlog(application.engine, application.telemetry.watch)
                        await stack.enter_async_context(watched)
                stack.enter_context(application.telemetry.living())
                stack.enter_context(announced_stop(readiness.stop, application.settings.http.stop_delay))
                yield
        finally:
            await application.close()

    return living


async def _prepare(application: Application) -> None:
    """Bring the database up to date, and give an empty one something to show. Raises Unavailable."""
    settings = application.settings.database
    if not settings.keeps_tables:
        return
    with unavailability_told():
        if settings.migrate_on_start and (applied := await migrate(application.engine)):
            _log.info("database.migrated", revisions=applied)
        if settings.seed_on_start:
            from graphql_api.seeding import seed_if_empty

            if await seed_if_empty(application.engine):
                _log.info("database.seeded")
