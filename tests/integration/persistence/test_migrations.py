"""Migrations: up and down and up again, by one process or several."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.errors import Unavailable
from graphql_api.observability.health import Unhealthy
from graphql_api.persistence.availability import unavailability_told
from graphql_api.persistence.engine import reading
from graphql_api.persistence.health import DatabaseCheck, MigrationsCheck, MigrationsPending
from graphql_api.persistence.metadata import METADATA
from graphql_api.persistence.migrate import downgrade, migrate, pending_migrations
from graphql_api.persistence.migrations import versions
from graphql_api.settings import DatabaseSettings
from tests.servers.postgres import PostgresServer
from tests.support.databases import empty_database, engine_for

EVERY_REVISION = sorted(path.name[1:5] for path in Path(versions.__file__).parent.glob("m[0-9]*.py"))
ALEMBIC = "alembic_version"
MIGRATE = """
import asyncio, sys
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.migrate import migrate
from graphql_api.settings import DatabaseSettings, DatabaseUrl

async def main():
    for url in sys.argv[1:]:
        engine = create_engine(DatabaseSettings(url=DatabaseUrl(url)))
        print("ready", flush=True)
        sys.stdin.readline()
        print(*await migrate(engine), flush=True)
        await engine.dispose()

asyncio.run(main())
"""


async def names_of_tables(engine: AsyncEngine) -> set[str]:
    async with reading(engine) as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names())) - {ALEMBIC}


async def differences(engine: AsyncEngine) -> list[object]:
    """Compare what the tables are with what the code says that they are."""

    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    async with reading(engine) as connection:
        return await connection.run_sync(compare)


async def test_migrations_go_up_and_down_and_up_again(unmigrated: DatabaseSettings) -> None:
    tables = set(METADATA.tables)
    async with engine_for(unmigrated) as engine:
        assert await pending_migrations(engine) == EVERY_REVISION
        for _ in range(2):
            assert await migrate(engine) == EVERY_REVISION
            assert await names_of_tables(engine) == tables
            assert await differences(engine) == []
            assert await pending_migrations(engine) == []
            assert await migrate(engine) == []
            await downgrade(engine)
            assert await names_of_tables(engine) == set()
            assert await pending_migrations(engine) == EVERY_REVISION


async def test_every_index_and_constraint_has_the_name_that_the_code_gives_it(unmigrated: DatabaseSettings) -> None:
    def names(connection: Connection, table: str) -> set[object]:
        there = inspect(connection)
        found = [*there.get_indexes(table), *there.get_unique_constraints(table), *there.get_foreign_keys(table)]
        return {one["name"] for one in found} | {there.get_pk_constraint(table)["name"]}

    async with engine_for(unmigrated) as engine:
        await migrate(engine)
        async with reading(engine) as connection:
            for table in METADATA.sorted_tables:
                expected = {one.name for one in table.indexes} | {one.name for one in table.constraints}
                assert await connection.run_sync(names, table.name) == expected


async def said(processes: Sequence[asyncio.subprocess.Process]) -> list[str]:
    """Wait for the next line of every process."""
    lines = await asyncio.gather(*(process.stdout.readline() for process in processes if process.stdout))
    return sorted(line.decode().strip() for line in lines)


async def test_five_processes_migrate_at_once_and_one_of_them_does_it(
    request: pytest.FixtureRequest, postgres_server: PostgresServer
) -> None:
    async with AsyncExitStack() as stack:
        databases = [stack.enter_context(empty_database(dialect, request)) for dialect in ("sqlite", "postgresql")]
        command = (sys.executable, "-c", MIGRATE, *(database.url.reveal() for database in databases))
        pipe = asyncio.subprocess.PIPE
        processes = [
            await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(5)
        ]
        for database in databases:
            assert await said(processes) == ["ready"] * 5
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(b"\n")
            assert await said(processes) == [*[""] * 4, " ".join(EVERY_REVISION)]
            engine = await stack.enter_async_context(engine_for(database))
            assert await differences(engine) == []
        outcomes = [(*(await process.communicate()), process.returncode) for process in processes]
        assert outcomes == [(b"", b"", 0)] * 5


async def test_a_migration_that_fails_leaves_nothing_behind(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated) as engine:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE tracks (in_the_way INTEGER)"))
        with pytest.raises(DBAPIError):
            await migrate(engine)
        assert await names_of_tables(engine) == {"tracks"}
        assert await pending_migrations(engine) == EVERY_REVISION
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE tracks"))
        assert await migrate(engine) == EVERY_REVISION


@asynccontextmanager
async def somebody_migrates(engine: AsyncEngine) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(7_340_214_901)))
        yield


@pytest.mark.parametrize("unmigrated", ["postgresql"], indirect=True)
async def test_waiting_for_another_that_migrates_is_no_slow_statement(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated.model_copy(update={"statement_timeout": 1})) as engine:
        async with somebody_migrates(engine):
            waiting = asyncio.create_task(migrate(engine))
            await asyncio.sleep(1.5)
            assert not waiting.done()
        assert await waiting == EVERY_REVISION


async def test_looking_for_missing_migrations_waits_for_nobody(database: DatabaseSettings) -> None:
    hurried = database.model_copy(update={"statement_timeout": 2})
    async with engine_for(hurried) as engine, somebody_migrates(engine):
        assert await pending_migrations(engine) == []


async def test_a_database_is_ready_once_it_is_migrated(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated) as engine:
        migrations = MigrationsCheck(engine)
        await DatabaseCheck(engine).check()
        with pytest.raises(MigrationsPending):
            await migrations.check()
        await migrate(engine)
        await migrations.check()
        await migrations.check()


async def test_what_a_newer_server_migrated_is_told_and_left_alone(database: DatabaseSettings) -> None:
    async with engine_for(database) as engine:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for look in (pending_migrations(engine), MigrationsCheck(engine).check()):
            with pytest.raises(Unhealthy, match="migration 9999 is not known here"):
                await look
        with pytest.raises(Unavailable), unavailability_told():
            await migrate(engine)
