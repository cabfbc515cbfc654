"""Filling a database with a catalogue: all of it, or nothing."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.persistence.engine import reading
from graphql_api.persistence.outbox.upkeep import tell_of_any_change
from graphql_api.seeding.batch import Batch
from graphql_api.seeding.bulk import is_blank, remove_all, roomy_cache, write
from graphql_api.seeding.chinook import read_chinook
from graphql_api.seeding.errors import DatabaseBusy, DatabaseNotEmpty
from graphql_api.seeding.exclusive import exclusive
from graphql_api.seeding.generation import generate
from graphql_api.seeding.tables import TABLES
from graphql_api.seeding.tally import Summary, Tally

Report: TypeAlias = Callable[[float, int], None]
"""Hears after each batch which share of all is there, and how many rows that is."""


def unreported(_done: float, _rows: int) -> None:
    """Tell nobody."""


async def is_empty(engine: AsyncEngine) -> bool:
    """Tell whether the catalogue has no data at all."""
    async with reading(engine) as connection:
        return await is_blank(connection)


async def seed_catalogue(
    engine: AsyncEngine, scale: int = 1, seed: int = 0, *, replace: bool = False, report: Report = unreported
) -> Summary:
    """Fill an empty database, or with `replace` any, with a made-up catalogue, the same for the same arguments.

    Scale 1 is about 3,500 tracks. Raises DatabaseNotEmpty, DatabaseBusy.
    """
    return await _fill(engine, generate(scale, seed), replace, report)


async def seed_if_empty(engine: AsyncEngine, scale: int = 1, seed: int = 0) -> Summary | None:
    """Fill a database that is empty, and leave alone one that is not, or that somebody else is filling.

    Of several processes that do this at once, one fills it, and the others wait until it is full.
    """
    if not await is_empty(engine):
        return None
    try:
        return await seed_catalogue(engine, scale, seed)
    except (DatabaseNotEmpty, DatabaseBusy):
        return None


async def load_chinook(
    engine: AsyncEngine, path: Path, *, replace: bool = False, report: Report = unreported
) -> Summary:
    """Fill an empty database, or with `replace` any, from a Chinook SQLite file.

    Raises SourceUnusable, DatabaseNotEmpty, DatabaseBusy.
    """
    with read_chinook(path) as batches:
        return await _fill(engine, batches, replace, report)


async def _fill(engine: AsyncEngine, batches: Iterable[Batch], replace: bool, report: Report) -> Summary:
    started = time.monotonic()
    tally = Tally()
    async with exclusive(engine) as connection, roomy_cache(connection):
        if replace:
            await remove_all(connection)
        elif not await is_blank(connection):
            raise DatabaseNotEmpty
        for batch in batches:
            await write(connection, TABLES[batch.kind], batch.entities)
            tally.add(batch)
            report(batch.done, tally.counts.total())
        await tally.verify(connection)
        await tell_of_any_change(connection, [kind.__name__ for kind in TABLES])
    return tally.summary(time.monotonic() - started)
