"""Saying where the server is, once it is there."""

from typing import Final

import structlog
from rich.console import Console

from graphql_api.observability.logging import is_for_people
from graphql_api.settings import Settings

LOCAL_HOSTS: Final = {"0.0.0.0", "::", "127.0.0.1", "::1"}  # noqa: S104  # names to recognise, nothing is bound to them

_log = structlog.stdlib.get_logger(__name__)


def announce(settings: Settings, port: int) -> None:
    """Say what to open, to people by a banner and to machines by a record."""
    host = "localhost" if settings.http.host in LOCAL_HOSTS else settings.http.host
    base = f"http://{host}:{port}"
    if is_for_people(settings.logging):
        _show_banner(settings, base)
        return
    _log.info(
        "server.started",
        endpoint=f"{base}/graphql",
        environment=settings.environment,
        database=str(settings.database.url),
        processes=settings.http.workers,
        collector=settings.telemetry.endpoint is not None,
    )


def _show_banner(settings: Settings, base: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"\n  [bold]GraphQL API[/bold]  {settings.environment}, {settings.database.url}\n")
    if settings.http.explorer:
        console.print(f"  Explorer  [cyan]{base}/graphql[/cyan]")
    console.print(f"  Endpoint  [cyan]{base}/graphql[/cyan]")
    if settings.graphql.introspection:
        console.print(f"  Schema    [cyan]{base}/schema.graphql[/cyan]")
    console.print(f"  Health    [cyan]{base}/health/ready[/cyan]\n\n  Stop with Ctrl-C.\n")
