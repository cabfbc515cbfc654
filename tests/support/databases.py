"""Migrated databases: a test over `database` or `engine` runs on SQLite and on PostgreSQL.

The migrations run once on each; every module gets a copy.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

import graphql_api.persistence.outbox.tables  # noqa: F401  # METADATA has all tables then, which no entity names
from domain.kernel.model import DomainModel
from domain.kernel.row_change import Witness
from domain.kernel.viewer import Viewer
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.metadata import METADATA
from graphql_api.persistence.migrate import migrate
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.reader import SqlAlchemyReader
from graphql_api.persistence.transaction import Begin, transactions
from graphql_api.persistence.unit_of_work import SqlAlchemyUnitOfWork
from graphql_api.settings import DatabaseSettings, DatabaseUrl
from tests.servers.postgres import PostgresServer

DIALECTS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
"""The parameters of a fixture or test that is about each database."""
_PLANS: dict[AsyncEngine, Plans] = {}
_BEGIN: dict[AsyncEngine, Begin] = {}


@cache
def store_tables() -> EntityTables:
    """Return the served entities with their tables."""
    model = DomainModel([entity for served in MANIFEST for entity in served.domain.ENTITIES])
    return EntityTables(model, [served.tables.TABLES for served in MANIFEST])


def settings_for(url: str, **options: Any) -> DatabaseSettings:
    """Return the settings of a database, with defaults for whatever is not given."""
    return DatabaseSettings(url=DatabaseUrl(url), **options)


@asynccontextmanager
async def engine_for(settings: DatabaseSettings) -> AsyncIterator[AsyncEngine]:
    """Give an engine, and close its connections and those of its readers afterwards."""
    engine, driver = create_engine(settings), create_driver(settings)
    _PLANS[engine], _BEGIN[engine] = Plans(engine, driver, store_tables()), transactions(engine, driver)
    try:
        yield engine
    finally:
        del _PLANS[engine], _BEGIN[engine]
        await driver.close()
        await engine.dispose()


def reader_of(engine: AsyncEngine, viewer: Viewer | None = None) -> SqlAlchemyReader:
    """Give a reader of the bundled domain from the database of an engine."""
    return SqlAlchemyReader(_PLANS[engine], viewer)


def work_on(engine: AsyncEngine, witness: Witness | None = None) -> SqlAlchemyUnitOfWork:
    """Give a unit of work on the bundled domain in the database of an engine."""
    return SqlAlchemyUnitOfWork(_PLANS[engine], _BEGIN[engine], witness)


def plans_of(engine: AsyncEngine) -> Plans:
    """Give the plans that the readers of an engine share."""
    return _PLANS[engine]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated file that nobody has open."""
    file = tmp_path_factory.mktemp("template") / "store.sqlite"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the name of a migrated database that nobody is connected to."""
    url = postgres_server.create_database()
    _prepare(url)
    yield urlsplit(url).path.removeprefix("/")
    postgres_server.drop_database(url)


@contextmanager
def empty_database(dialect: str, request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    """Make a database without tables."""
    if dialect == "sqlite":
        folder: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        yield settings_for(f"sqlite:///{folder.mktemp('database') / 'store.sqlite'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield settings_for(url)
    server.drop_database(url)


@contextmanager
def migrated_database(dialect: str, request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    """Make a database with the tables, and nothing in them."""
    if dialect == "sqlite":
        folder: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        file = folder.mktemp("database") / "store.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield settings_for(f"sqlite:///{file}")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database(template=request.getfixturevalue("postgres_template"))
    try:
        yield settings_for(url)
    finally:
        server.drop_database(url)


@pytest.fixture(params=DIALECTS)
def unmigrated(request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    """Give the settings of a database without tables."""
    with empty_database(request.param, request) as settings:
        yield settings


@pytest.fixture(scope="module", params=DIALECTS)
def database(request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    """Give the settings of a migrated database that the tests of a module share."""
    with migrated_database(request.param, request) as settings:
        yield settings


@pytest.fixture
async def engine(database: DatabaseSettings) -> AsyncIterator[AsyncEngine]:
    """Give an engine over a migrated database with nothing in it."""
    async with engine_for(database) as engine:
        async with engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                await connection.execute(table.delete())
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engines(
    request: pytest.FixtureRequest, sqlite_template: Path, postgres_template: str
) -> AsyncIterator[Mapping[str, AsyncEngine]]:
    """Give an engine over a migrated database of each kind, for a module whose tests share one event loop."""
    async with AsyncExitStack() as stack:
        found: dict[str, AsyncEngine] = {}
        for dialect in ("sqlite", "postgresql"):
            settings = stack.enter_context(migrated_database(dialect, request))
            found[dialect] = await stack.enter_async_context(engine_for(settings))
        yield found


def _prepare(url: str) -> None:
    async def prepare() -> None:
        async with engine_for(settings_for(url)) as engine:
            await migrate(engine)

    # With a factory the runner leaves the current loop of the thread alone.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(prepare())
