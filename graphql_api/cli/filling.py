"""Filling the database from the command line: the questions to ask first, a progress bar, and what came of it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.cli.failing import fail, own_tables_or_fail
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.migrate import migrate, pending_migrations
from graphql_api.seeding import (
    DatabaseNotEmpty,
    Report,
    SeedingError,
    Summary,
    is_empty,
    load_chinook,
    seed_catalogue,
)
from graphql_api.settings import DatabaseSettings

_PLAIN_STEP: Final = 0.1

Fill: TypeAlias = Callable[[AsyncEngine, bool, Report], Awaitable[Summary]]


def fill(settings: DatabaseSettings, contents: Fill, *, replace: bool, yes: bool) -> None:
    """Fill the database and say with how much, or say why not and exit with 1."""
    with own_tables_or_fail(settings):
        summary = asyncio.run(_fill(settings, contents, replace, yes))
    _show(summary)


def made_up(scale: int, number: int) -> Fill:
    """Choose a made-up catalogue."""
    return lambda engine, replace, report: seed_catalogue(engine, scale, number, replace=replace, report=report)


def chinook(source: Path) -> Fill:
    """Choose a Chinook file."""
    return lambda engine, replace, report: load_chinook(engine, source, replace=replace, report=report)


async def _fill(settings: DatabaseSettings, contents: Fill, replace: bool, yes: bool) -> Summary:
    engine = create_engine(settings)
    try:
        if settings.migrate_on_start:
            await migrate(engine)
        elif await pending_migrations(engine):
            fail("The database lacks migrations. Run graphql-api migrate first.")
        if not await is_empty(engine):
            _confirm(settings, replace, yes)
        with _reporting() as report:
            return await contents(engine, replace, report)
    except SeedingError as error:
        fail(str(error))
    finally:
        await engine.dispose()


def _confirm(settings: DatabaseSettings, replace: bool, yes: bool) -> None:
    """Make sure that somebody wants the data gone."""
    if not replace:
        raise DatabaseNotEmpty
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"--replace would empty the catalogue in {settings.url}. Add --yes to do that without being asked.")
    if not typer.confirm(f"Remove everything from the catalogue in {settings.url}?"):
        fail("Nothing was changed.")


@contextmanager
def _reporting() -> Iterator[Report]:
    """Show progress as a bar on a terminal, and elsewhere as a line now and then."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _plain_report()
        return
    columns = (
        TextColumn("{task.fields[rows]:,} rows"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=1.0, rows=0)
        yield lambda done, rows: progress.update(task, completed=done, rows=rows)


def _plain_report() -> Report:
    told = 0.0

    def report(done: float, rows: int) -> None:
        nonlocal told
        if done >= min(1.0, told + _PLAIN_STEP):
            told = done
            typer.echo(f"{done:4.0%}  {rows:,} rows", err=True)

    return report


def _show(summary: Summary) -> None:
    for table, count in summary.counts.items():
        typer.echo(f"{count:>12,}  {table.replace('_', ' ')}")
    typer.echo(f"{summary.invoiced:>12,}  sum of the invoices")
    typer.echo(
        f"{summary.rows:,} rows in {summary.seconds:.1f} seconds, {summary.rate:,} a second; all of them checked."
    )
