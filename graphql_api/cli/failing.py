"""How a command says that it could not do what it was asked to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NoReturn

import typer

from domain.kernel.errors import Unavailable
from graphql_api.settings import DatabaseSettings, Settings, SettingsError, load_settings

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

    The database may belong to others and have none, or may be out of reach.
    """
    from graphql_api.persistence.availability import unavailability_told

    if not settings.keeps_tables:
        setting = "read_only is true" if settings.read_only else "own_tables is false"
        fail(f"The server keeps no tables of its own in {settings.url}, since database.{setting}: nothing was done.")
    try:
        with unavailability_told():
            yield
    except Unavailable:
        fail(f"The database {settings.url} cannot be used; see the reason above, or set GRAPHQL_API_DATABASE__URL.")
