"""`graphql-api serve`: run the server."""

import os
from pathlib import Path
from typing import Annotated

import typer

from graphql_api.cli.failing import fail, settings_or_fail
from graphql_api.settings import GraphQLSettings


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve.")] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again whenever a file changes.")] = False,
) -> None:
    """Serve the API. Stops on Ctrl-C or SIGTERM when all that is in flight has been answered."""
    from graphql_api.cli.serving import run

    _override("HTTP__HOST", host)
    _override("HTTP__PORT", port)
    _override("HTTP__WORKERS", workers)
    settings = settings_or_fail()
    if reload and settings.http.workers > 1:
        fail("--reload runs one process; leave --workers and http.workers at 1.")
    _check_documents(settings.graphql)
    if not run(settings, reload):
        raise typer.Exit(1)


def _check_documents(settings: GraphQLSettings) -> None:
    """Say what is wrong with the documents once, rather than in each process."""
    from graphql_api.execution.trusted import UnreadableDocuments, read_documents

    try:
        if settings.documents is not None:
            read_documents(Path(settings.documents))
    except UnreadableDocuments as error:
        fail(f"graphql.documents: {error}.")


def _override(setting: str, value: object) -> None:
    """Put an option where every process of the server finds it: in the environment."""
    if value is not None:
        os.environ[f"GRAPHQL_API_{setting}"] = str(value)
