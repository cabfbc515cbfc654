"""`graphql-api serve`: run the server."""

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from graphql_api.cli.address import why_not_at
from graphql_api.cli.documents import check_documents
from graphql_api.cli.failing import fail, settings_or_fail
from graphql_api.settings import HttpSettings, SettingsError


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve.")] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again whenever a file changes.")] = False,
) -> None:
    """Serve the API. Stops on Ctrl-C or SIGTERM when all that is in flight has been answered."""
    from graphql_api.cli.serving import run

    settings = settings_or_fail(_override({"host": host, "port": port, "workers": workers}))
    if reload and settings.http.workers > 1:
        fail("--reload runs one process; leave --workers and http.workers at 1.")
    try:
        check_documents(settings.graphql)
    except SettingsError as error:
        fail(str(error))
    _check_address(settings.http)
    if not run(settings, reload):
        raise typer.Exit(1)


def _check_address(settings: HttpSettings) -> None:
    """Say that the address is not to be had before anything else is done for a start, such as migrations."""
    reason = why_not_at(settings.host, settings.port)
    if reason is not None:
        where = f"port {settings.port} of {settings.host}"
        fail(f"Nothing can be served at {where}: {reason}. Set http.host and http.port, or give --host and --port.")


def _override(options: Mapping[str, object]) -> Mapping[str, str]:
    """Put options into the environment, where every process finds them, and name them by their variables."""
    named = {}
    for name, value in options.items():
        if value is not None:
            variable = f"GRAPHQL_API_HTTP__{name.upper()}"
            os.environ[variable] = str(value)
            named[variable] = f"--{name}"
    return named
