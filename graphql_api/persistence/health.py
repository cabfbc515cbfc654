"""Whether the database answers, has the shape that the code expects, and room for more; and whether events get on."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.clock import utc_now
from graphql_api.observability.health import HealthCheck, Unhealthy
from graphql_api.persistence.engine import reading
from graphql_api.persistence.migrate import pending_migrations
from graphql_api.persistence.outbox.upkeep import backlog
from graphql_api.settings import HealthSettings

_MEGABYTE = 1_000_000
_SEE = "see `graphql-api outbox status`"


class DatabaseCheck:
    """Passes when the database answers a trivial statement."""

    name = "database"

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def check(self) -> None:
        """Ask the database for a constant."""
        async with reading(self._engine) as connection:
            await connection.execute(text("SELECT 1"))


class MigrationsPending(Unhealthy):
    """The database lacks migrations that the code relies on."""


class MigrationsCheck:
    """Passes when every migration has been applied; once that is so it stays so for this code."""

    name = "migrations"

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._complete = False

    async def check(self) -> None:
        """Compare the applied migrations with the code's. Raises MigrationsPending."""
        if self._complete:
            return
        if pending := await pending_migrations(self._engine):
            raise MigrationsPending(f"{len(pending)} are pending: run `graphql-api migrate`")
        self._complete = True


class OutboxCheck:
    """Passes when no event waits for longer than it should, and none was given up."""

    name = "outbox"

    def __init__(self, engine: AsyncEngine, longest: float) -> None:
        """Take the seconds that an event may wait."""
        self._engine = engine
        self._longest = timedelta(seconds=longest)

    async def check(self) -> None:
        """Look at what is not delivered. Raises Unhealthy."""
        try:
            found = await backlog(self._engine)
        except DBAPIError:
            if await pending_migrations(self._engine):
                return  # That is the cause, of which another check tells.
            raise
        if found.oldest is not None and utc_now() - found.oldest > self._longest:
            age = (utc_now() - found.oldest).total_seconds()
            raise Unhealthy(f"events wait ({found.waiting}), the oldest for {age:.0f} s: {_SEE}")
        if found.dead:
            raise Unhealthy(f"events were given up ({found.dead}): {_SEE}")


class DiskCheck:
    """Passes while there is room beside a database file, without which nothing can be stored."""

    name = "disk"

    def __init__(self, file: Path, least: int) -> None:
        """Take the file, and how many megabytes are to be free."""
        self._folder = file.absolute().parent
        self._least = least

    async def check(self) -> None:
        """Ask the system for the room that is left. Raises Unhealthy."""
        free = shutil.disk_usage(self._folder).free // _MEGABYTE
        if free < self._least:
            raise Unhealthy(f"{free} MB are free beside the database, of the {self._least} that should be")


def storage_checks(engine: AsyncEngine, settings: HealthSettings) -> list[HealthCheck]:
    """Give the checks of what commands need and queries do not."""
    outbox = OutboxCheck(engine, settings.longest_event_wait)
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return [outbox]
    return [outbox, DiskCheck(Path(engine.url.database.removeprefix("file:")), settings.least_free_disk)]
