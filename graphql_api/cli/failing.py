"""How a command says that it could not do what it was asked to."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NoReturn

import typer

from domain.kernel.errors import Unavailable
from graphql_api.settings import DatabaseSettings, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def fail(message: str) -> NoReturn:
    """Print one clear message to standard error and exit with 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def settings_or_fail(options: Mapping[str, str] = _NOTHING) -> Settings:
    """Load the settings and log as they say; or list every fault in them and exit with 1.

    `options` of the command line have their names by those of the variables that hold what they said.
    """
    from graphql_api.observability.logging import configure_logging

    try:
        settings = load_settings()
    except SettingsError as error:
        fail(str(error.with_sources({f"variable {name}": option for name, option in options.items()})))
    configure_logging(settings.logging)
    return settings


@contextmanager
def own_tables_or_fail(settings: DatabaseSettings) -> Iterator[None]:
    """Do something with the server's own tables, or say why not, without a password and a traceback, and exit with 1.

    The database may belong to others and have none, or lack migrations, or be out of reach.
    """
    from graphql_api.persistence.availability import unavailability_told
    from graphql_api.persistence.health import MigrationsPending

    if not settings.keeps_tables:
        setting = "read_only is true" if settings.read_only else "own_tables is false"
        fail(f"The server keeps no tables of its own in {settings.url}, since database.{setting}: nothing was done.")
    try:
        with unavailability_told():
            yield
    except MigrationsPending as pending:
        fail(f"Of the migrations of {settings.url} {pending}.")
    except Unavailable:
        fail(f"The database {settings.url} cannot be used; see the reason above, or set GRAPHQL_API_DATABASE__URL.")


@asynccontextmanager
async def migrated(settings: DatabaseSettings) -> AsyncIterator["AsyncEngine"]:
    """Give an engine for a database that has the server's own tables. Raises MigrationsPending."""
    from graphql_api.persistence.engine import create_engine
    from graphql_api.persistence.health import MigrationsCheck

    engine = create_engine(settings)
    try:
        await MigrationsCheck(engine).check()
        yield engine
    finally:
        await engine.dispose()
