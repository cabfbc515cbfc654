"""Transactions on PostgreSQL: begun late, never half stored, and no connection is lost to what went wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.artist.entity import Artist
from domain.kernel.errors import Conflict
from domain.playlist.entity import Playlist
from graphql_api.persistence.postgres_transaction import PostgresTransaction
from graphql_api.persistence.postgresql import PostgresDriver
from graphql_api.persistence.writing import MOST_ROWS_OF_A_STATEMENT
from graphql_api.settings import DatabaseSettings
from tests.support.databases import engine_for, migrated_database, work_on

pytestmark = pytest.mark.postgres

COUNT, SLEEP = "SELECT count(*) FROM artists", "SELECT pg_sleep(60)"
INSERT = (
    'INSERT INTO artists (id, version, created_at, updated_at, name) VALUES ($1, 1, now(), now(), $2::text COLLATE "C")'
)
EVENT = "INSERT INTO outbox (event_id, entity_id, type, payload, occurred_at) VALUES ($1, $2, 'Earlier', '{}', now())"
WRITTEN_TOGETHER = (
    "SELECT xmin::text, cmin::text FROM artists UNION SELECT xmin::text, cmin::text FROM playlists WHERE name = 'B' "
    "UNION SELECT xmin::text, cmin::text FROM outbox WHERE type = 'ArtistRenamed'"
)
"""The transactions and the statements in them that rows come from."""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
END_ALL = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "  # and wait until they have ended
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="module")
def settings(request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    with migrated_database("postgresql", request) as database:
        yield database.model_copy(update={"pool_size": 1, "pool_timeout": 5})


@pytest.fixture
async def driver(settings: DatabaseSettings) -> AsyncIterator[PostgresDriver]:
    driver = PostgresDriver(settings)
    try:
        await driver.change("DELETE FROM artists", ())
        yield driver
    finally:
        await driver.close()


async def count(driver: PostgresDriver) -> int:
    return int((await driver.fetch(COUNT, ()))[0][0])


async def add(engine: AsyncEngine, playlist: Playlist, artists: Sequence[str]) -> None:
    async with work_on(engine) as work:
        for name in artists:
            await work.repository(Artist).add(Artist(name=name))
        await work.repository(Playlist).add(playlist)
        await work.commit()


async def renamed(engine: AsyncEngine, artist: Artist, name: str) -> Artist:
    async with work_on(engine) as work:
        found = await work.repository(Artist).get(artist.id)
        assert found is not None
        found.rename(name)
        await work.repository(Playlist).add(Playlist(name=name))
        await work.commit()
        return found


async def test_reading_takes_no_connection_away(driver: PostgresDriver) -> None:
    several = [PostgresTransaction(driver) for _ in range(3)]
    for _ in range(2):
        assert [(await one.fetch(COUNT, ()))[0][0] for one in several] == [0, 0, 0]
    for one in several:
        await one.commit()
        await one.close()


async def test_what_is_not_committed_is_forgotten_and_its_connection_free_again(driver: PostgresDriver) -> None:
    transaction = PostgresTransaction(driver)
    assert await transaction.execute(INSERT, (UUID(int=1), "A")) == 1
    assert (await transaction.fetch(COUNT, ()))[0][0] == 1
    await transaction.close()
    assert await count(driver) == 0


async def test_a_statement_that_is_broken_off_takes_the_transaction_with_it(driver: PostgresDriver) -> None:
    transaction = PostgresTransaction(driver)
    await transaction.execute(INSERT, (UUID(int=1), "A"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await transaction.fetch(SLEEP, ())
    await transaction.close()
    assert await count(driver) == 0


async def test_a_transaction_whose_statement_failed_cannot_be_committed(driver: PostgresDriver) -> None:
    transaction = PostgresTransaction(driver)
    await transaction.execute(INSERT, (UUID(int=1), "A"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await transaction.execute(INSERT, (UUID(int=1), "B"))
    with pytest.raises(RuntimeError, match="rolled back"):
        await transaction.commit()
    await transaction.close()
    assert await count(driver) == 0


@pytest.mark.parametrize("alone", [True, False])
async def test_a_connection_that_the_server_ended_is_replaced_before_a_change(
    driver: PostgresDriver, settings: DatabaseSettings, alone: bool
) -> None:
    other = PostgresDriver(settings)
    try:
        await other.fetch(END_ALL, ())
    finally:
        await other.close()
    transaction = PostgresTransaction(driver)
    if not alone:
        await transaction.execute(INSERT, (UUID(int=2), "B"))
    await transaction.finish(INSERT, (UUID(int=1), "A"))
    await transaction.close()
    assert await count(driver) == 1 + (not alone)


async def test_changes_that_arrive_together_are_committed_together_and_fail_alone(driver: PostgresDriver) -> None:
    await driver.change(INSERT, (UUID(int=1), "there already"))
    ids = [UUID(int=number) for number in range(40)]
    ended = await asyncio.gather(*(driver.change(INSERT, (id, "A")) for id in ids), return_exceptions=True)
    assert [type(one) for one in ended if one is not None] == [asyncpg.UniqueViolationError]
    assert await count(driver) == len(ids)
    more = [UUID(int=number) for number in range(100, 140)]
    await asyncio.gather(*(driver.change(INSERT, (id, "B")) for id in more))
    ((transactions,),) = await driver.fetch("SELECT count(DISTINCT xmin::text) FROM artists WHERE name = 'B'", ())
    assert transactions == 3  # the first alone, then as many as go together, then the rest


async def test_a_row_is_changed_and_others_stored_by_one_statement(
    settings: DatabaseSettings, driver: PostgresDriver
) -> None:
    artist = Artist(name="A")
    async with engine_for(settings) as engine:
        async with work_on(engine) as work:
            await work.repository(Artist).add(artist)
            await work.commit()
        await renamed(engine, artist, "B")
    assert [tuple(row) for row in await driver.fetch("SELECT name, version FROM artists", ())] == [("B", 2)]
    assert len(await driver.fetch(WRITTEN_TOGETHER, ())) == 1


async def test_an_event_has_its_number_from_when_the_row_was_locked(
    settings: DatabaseSettings, driver: PostgresDriver
) -> None:
    artist = Artist(name="A")
    async with engine_for(settings.model_copy(update={"pool_size": 2})) as engine:
        async with work_on(engine) as work:
            await work.repository(Artist).add(artist)
            await work.commit()
        other = PostgresTransaction(driver)
        await other.execute("SELECT FROM artists WHERE id = $1 FOR UPDATE", (artist.id,))
        renaming = asyncio.create_task(renamed(engine, artist, "B"))
        async with asyncio.timeout(60):
            while not (await other.fetch(WAITING, ()))[0][0]:
                await asyncio.sleep(0.01)
        await other.finish(EVENT, (UUID(int=1), artist.id))
        await renaming
    found = await driver.fetch("SELECT type FROM outbox WHERE entity_id = $1 ORDER BY number", (artist.id,))
    assert [kind for (kind,) in found] == ["Earlier", "ArtistRenamed"]


@pytest.mark.parametrize("number", [2, MOST_ROWS_OF_A_STATEMENT + 1])
async def test_new_rows_of_several_tables_are_stored_together_or_not_at_all(
    settings: DatabaseSettings, driver: PostgresDriver, number: int
) -> None:
    async with engine_for(settings) as engine:
        repeated = Playlist(name="P")
        await add(engine, repeated, [str(place) for place in range(number)])
        assert await count(driver) == number
        with pytest.raises(Conflict) as caught:
            await add(engine, Playlist(id=repeated.id, name="Q"), [f"again {place}" for place in range(number)])
        assert caught.value.entity == "Playlist"
        assert await count(driver) == number


async def test_a_statement_is_prepared_again_once_what_it_reads_was_changed(driver: PostgresDriver) -> None:
    await driver.change("CREATE TABLE changing (one integer)", ())
    try:
        for statement in (driver.fetch, driver.ask):
            await driver.change("INSERT INTO changing VALUES (1)", ())
            for columns in (1, 1, 2, 2):
                if columns == 2:
                    await driver.change("ALTER TABLE changing ADD COLUMN IF NOT EXISTS two integer", ())
                (row,) = await statement("SELECT * FROM changing", ())
                assert len(row) == columns
            await driver.change("DELETE FROM changing", ())
            await driver.change("ALTER TABLE changing DROP COLUMN two", ())
    finally:
        await driver.change("DROP TABLE changing", ())
