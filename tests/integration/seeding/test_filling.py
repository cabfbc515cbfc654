"""Filling databases: everything arrives as it was, or nothing does."""

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import ForeignKey, MetaData, Table, Uuid, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import Column, CreateTable, DropTable

from domain.kernel.entity import Entity
from domain.playlist.entity import Playlist
from graphql_api.persistence.playlist import playlists
from graphql_api.persistence.track import tracks
from graphql_api.seeding import (
    CatalogueInUse,
    DatabaseBusy,
    DatabaseNotEmpty,
    LoadIncomplete,
    SourceUnusable,
    Summary,
    is_empty,
    load_chinook,
    seed_catalogue,
    seed_if_empty,
)
from graphql_api.seeding.batch import Batch
from graphql_api.seeding.bulk import write
from graphql_api.seeding.exclusive import exclusive
from graphql_api.seeding.generation import generate
from graphql_api.seeding.tables import TABLES
from graphql_api.seeding.tally import Tally
from graphql_api.settings import DatabaseSettings
from tests.integration.seeding.stored import stored
from tests.support.databases import engine_for
from tests.unit.seeding.catalogues import Catalogue, fingerprint
from tests.unit.seeding.small_chinook import write_chinook


def as_stored(batches: Iterable[Batch]) -> Sequence[Entity]:
    """Put what was made in the order in which it is read."""
    kinds = list(TABLES)
    return sorted(Catalogue(batches).everything, key=lambda entity: (kinds.index(type(entity)), entity.id))


async def test_everything_that_is_made_is_stored_as_it_was(engine: AsyncEngine) -> None:
    await seed_catalogue(engine, seed=3)
    assert fingerprint(await stored(engine)) == fingerprint(as_stored(generate(seed=3)))


async def test_the_summary_counts_what_is_there(engine: AsyncEngine) -> None:
    summary = await seed_catalogue(engine, scale=2)
    made = Catalogue(generate(2))
    assert summary.rows == len(made.everything)
    assert summary.counts["tracks"] == len(made.tracks)
    assert summary.invoiced == sum(invoice.total for invoice in made.invoices)
    assert summary.rate == round(summary.rows / summary.seconds)


async def test_progress_is_reported_until_all_is_there(engine: AsyncEngine) -> None:
    heard: list[tuple[float, int]] = []
    summary = await seed_catalogue(engine, report=lambda done, rows: heard.append((done, rows)))
    assert heard == sorted(heard)
    assert heard[-1] == (1, summary.rows)


async def test_a_database_is_empty_until_one_row_is_in_any_table(engine: AsyncEngine) -> None:
    assert await is_empty(engine)
    async with engine.begin() as connection:
        await write(connection, playlists, [Playlist(name="Mine")])
    assert not await is_empty(engine)


async def test_whether_a_database_is_empty_can_be_asked_while_somebody_writes(engine: AsyncEngine) -> None:
    async with exclusive(engine):
        assert await asyncio.wait_for(is_empty(engine), timeout=5)


async def test_a_database_with_data_is_left_as_it_is(engine: AsyncEngine) -> None:
    await seed_catalogue(engine, seed=1)
    before = fingerprint(await stored(engine))
    with pytest.raises(DatabaseNotEmpty, match="--replace"):
        await seed_catalogue(engine, seed=2)
    assert await seed_if_empty(engine, seed=2) is None
    assert fingerprint(await stored(engine)) == before


async def test_replacing_leaves_nothing_of_what_was_there(engine: AsyncEngine) -> None:
    await seed_catalogue(engine, seed=1)
    await seed_catalogue(engine, seed=2, replace=True)
    assert fingerprint(await stored(engine)) == fingerprint(as_stored(generate(seed=2)))


async def test_a_catalogue_that_other_tables_refer_to_is_not_emptied(engine: AsyncEngine) -> None:
    await seed_catalogue(engine)
    before = fingerprint(await stored(engine))
    reviews = Table("reviews", MetaData(), Column("track_id", Uuid(), ForeignKey(tracks.c.id)))
    async with engine.begin() as connection:
        await connection.execute(CreateTable(reviews))
        await connection.execute(insert(reviews).from_select(["track_id"], select(tracks.c.id).limit(1)))
    try:
        with pytest.raises(CatalogueInUse, match="other tables refer to it"):
            await seed_catalogue(engine, seed=2, replace=True)
        assert fingerprint(await stored(engine)) == before
    finally:
        async with engine.begin() as connection:
            await connection.execute(DropTable(reviews))


async def test_of_several_at_once_one_fills_the_database_and_all_find_it_full(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async def start() -> Summary | None:
        async with engine_for(database) as own:
            summary = await seed_if_empty(own)
            assert not await is_empty(own)
            return summary

    summaries = await asyncio.gather(*(start() for _ in range(5)))
    assert sum(summary is not None for summary in summaries) == 1
    assert fingerprint(await stored(engine)) == fingerprint(as_stored(generate()))


async def test_waiting_for_another_writer_ends(engine: AsyncEngine, database: DatabaseSettings) -> None:
    impatient = database.model_copy(update={"statement_timeout": 0.3})
    async with engine_for(impatient) as other, exclusive(engine):
        with pytest.raises(DatabaseBusy, match="Try again"):
            async with exclusive(other, wait_seconds=0.3):
                pass


async def test_what_does_not_arrive_is_noticed(engine: AsyncEngine) -> None:
    tally = Tally()
    tally.add(next(iter(generate())))
    async with exclusive(engine) as connection:
        with pytest.raises(LoadIncomplete, match="0 for artists, not 275"):
            await tally.verify(connection)


async def test_chinook_is_loaded_as_it_is_read(engine: AsyncEngine, tmp_path: Path) -> None:
    summary = await load_chinook(engine, write_chinook(tmp_path / "chinook.sqlite"))
    assert summary.counts == {
        "artists": 2,
        "albums": 2,
        "tracks": 3,
        "playlists": 2,
        "playlist_entries": 3,
        "customers": 1,
        "invoices": 1,
        "invoice_lines": 2,
    }
    assert summary.invoiced == Decimal("4.97")
    names = [entity.name for entity in await stored(engine) if isinstance(entity, Playlist)]
    assert names == ["Music", "Music"]


@pytest.mark.parametrize("replace", [False, True])
async def test_a_row_that_breaks_a_rule_leaves_everything_as_it_was(
    engine: AsyncEngine, tmp_path: Path, replace: bool
) -> None:
    if replace:
        await seed_catalogue(engine)
    before = fingerprint(await stored(engine))
    path = write_chinook(tmp_path / "chinook.sqlite", "UPDATE invoice_line SET quantity = -2, unit_price = -1.99")
    with pytest.raises(SourceUnusable):
        await load_chinook(engine, path, replace=replace)
    path = write_chinook(tmp_path / "other.sqlite", "UPDATE customer SET email = 'ada'")
    with pytest.raises(SourceUnusable, match="customer 1 breaks a rule"):
        await load_chinook(engine, path, replace=replace)
    assert fingerprint(await stored(engine)) == before


async def test_a_caller_who_gives_up_leaves_nothing_behind(engine: AsyncEngine) -> None:
    def give_up(done: float, _rows: int) -> None:
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await seed_catalogue(engine, report=give_up)
    assert await is_empty(engine)


async def test_the_sample_store_arrives_whole_and_the_same_each_time(engine: AsyncEngine, shared_folder: Path) -> None:
    path = shared_folder / "data" / "chinook.sqlite"
    summary = await load_chinook(engine, path)
    assert dict(summary.counts) == {
        "artists": 275,
        "albums": 347,
        "tracks": 3_503,
        "playlists": 18,
        "playlist_entries": 8_715,
        "customers": 59,
        "invoices": 412,
        "invoice_lines": 2_240,
    }
    assert summary.invoiced == Decimal("2328.60")
    first = fingerprint(await stored(engine))
    await load_chinook(engine, path, replace=True)
    assert fingerprint(await stored(engine)) == first
