"""`graphql-api outbox`: how events stand on their way, and another chance for those that were given up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from graphql_api.cli.failing import fail, migrated, own_tables_or_fail, settings_or_fail
from graphql_api.settings import DatabaseSettings

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy.ext.asyncio import AsyncEngine

    from graphql_api.persistence.outbox.upkeep import DeadLetter, OutboxStatus

T = TypeVar("T")

_MOST_SHOWN = 50

app = typer.Typer(
    help="Show how events stand on their way, or deliver again what was given up.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.command()
def status() -> None:
    """Count the events in each state, and list those that were given up, oldest first."""
    from rich.console import Console

    counted, dead = _with_database(_read)
    console = Console(highlight=False)
    console.print(f"waiting {counted.waiting}, retrying {counted.retrying}, dead {counted.dead}, sent {counted.sent}")
    if counted.oldest is not None:
        console.print(f"The oldest that is not delivered happened at {counted.oldest:%Y-%m-%d %H:%M:%S} UTC.")
    for publisher, behind in counted.publishers.items():
        console.print(f"Publisher {publisher}: {behind} behind.")
    if dead:
        console.print(_table(dead))


@app.command()
def retry(
    event: Annotated[list[UUID] | None, typer.Option(help="Only this event; may be given several times.")] = None,
) -> None:
    """Deliver again what was given up. A running server does so within seconds."""
    ids = event or []
    count = _with_database(partial(_retry, ids))
    if count < len(ids):
        fail(f"Of {len(ids)} events {count} had been given up and will be delivered again; the others had not.")
    typer.echo(f"To be delivered again: {count}.")


async def _retry(ids: Sequence[UUID], engine: "AsyncEngine") -> int:
    from graphql_api.persistence.outbox import upkeep

    return await upkeep.retry(engine, ids)


async def _read(engine: "AsyncEngine") -> "tuple[OutboxStatus, list[DeadLetter]]":
    from graphql_api.persistence.outbox import upkeep

    return await upkeep.status(engine), list(await upkeep.dead_letters(engine, _MOST_SHOWN))


def _with_database(work: "Callable[[AsyncEngine], Awaitable[T]]") -> T:
    settings = settings_or_fail().database
    with own_tables_or_fail(settings):
        return asyncio.run(_on_engine(settings, work))


async def _on_engine(settings: DatabaseSettings, work: "Callable[[AsyncEngine], Awaitable[T]]") -> T:
    async with migrated(settings) as engine:
        return await work(engine)


def _table(dead: "list[DeadLetter]") -> "Table":
    from rich.table import Column, Table

    table = Table(*(Column(title, overflow="fold") for title in ("Event", "Type", "Of", "Attempts", "Given up", "Why")))
    for one in dead:
        given_up = f"{one.dead_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(one.event_id), one.type, str(one.entity_id), str(one.attempts), given_up, one.error)
    return table
