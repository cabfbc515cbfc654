"""Whether the database answers and has the shape that the code expects."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.persistence.engine import reading
from graphql_api.persistence.migrate import pending_migrations


class DatabaseCheck:
    """Passes when the database answers a trivial statement."""

    name = "database"

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def check(self) -> None:
        """Ask the database for a constant."""
        async with reading(self._engine) as connection:
            await connection.execute(text("SELECT 1"))


class MigrationsPending(Exception):
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
        if await pending_migrations(self._engine):
            raise MigrationsPending
        self._complete = True
