"""Bringing the database to the shape that the code expects, safe when several processes do it at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.advisory_locks import AdvisoryLock
from graphql_api.persistence.availability import UnknownMigration
from graphql_api.persistence.engine import reading

_PATIENCE_SECONDS = 300
_POLL_SECONDS = 0.05


async def migrate(engine: AsyncEngine) -> list[str]:
    """Apply every migration that is missing, in one transaction; return the revisions that were applied, oldest first.

    Processes that come at the same time wait for one another: on PostgreSQL for an advisory lock, on SQLite for the
    write lock that every transaction here begins with. Raises TimeoutError where that takes too long.
    """
    async with _altering(engine) as connection:
        if engine.dialect.name == "postgresql":
            await _take_turn(connection)
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
        return await connection.run_sync(_upgrade)


@asynccontextmanager
async def _altering(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction in which tables may be altered that others refer to.

    SQLite alters a table by making another one in its place; as long as it looks after references, it would take those
    to the old one with it. That is switched outside of transactions only.
    """
    async with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            async with connection.begin():
                yield connection
            return
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101  # it is connected
        await driver.execute("PRAGMA foreign_keys=OFF")
        try:
            async with connection.begin():
                yield connection
        finally:
            await driver.execute("PRAGMA foreign_keys=ON")


async def _take_turn(connection: AsyncConnection) -> None:
    """Ask again and again: a statement that waited for the lock would run into the time limit of statements."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            if await connection.scalar(select(func.pg_try_advisory_xact_lock(AdvisoryLock.MIGRATION.value))):
                return
            await asyncio.sleep(_POLL_SECONDS)


async def pending_migrations(engine: AsyncEngine) -> list[str]:
    """Return the revisions that the database lacks, oldest first. Raises UnknownMigration where it is ahead."""
    async with reading(engine) as connection:
        return await connection.run_sync(_missing)


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Take migrations back, down to a revision. Data in what is dropped is lost."""
    async with _altering(engine) as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))


def _upgrade(connection: Connection) -> list[str]:
    missing = _missing(connection)
    if missing:
        before = _lost_references(connection)
        command.upgrade(_config(connection), "head")
        if _lost_references(connection) > before:
            raise RuntimeError("the migrations would leave references that lead nowhere")
    return missing


def _lost_references(connection: Connection) -> int:
    """Count the references that lead nowhere, which SQLite did not look after meanwhile."""
    if connection.dialect.name != "sqlite":
        return 0
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def _missing(connection: Connection) -> list[str]:
    script = ScriptDirectory.from_config(_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and all(step.revision != current for step in script.walk_revisions()):
        raise UnknownMigration(current)
    revisions = script.iterate_revisions("head", current or "base")
    return [step.revision for step in reversed(list(revisions)) if step.revision != current]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
