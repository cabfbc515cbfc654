"""Reading costs a statement for each level, or one for all, however many rows and identities there are."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.kernel.entity import Entity
from domain.kernel.identity import derived_id
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, Page, Related, Selection
from domain.kernel.specification import ComparisonOperator, where
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.persistence import level_shapes
from graphql_api.persistence.engine import reading
from graphql_api.persistence.level_shapes import MOST_HELD, MOST_LEVELS, MOST_ROWS
from graphql_api.persistence.owned_pages import OwnedPageStatements
from graphql_api.persistence.specification import to_sql_condition
from graphql_api.persistence.statements import ListStatements
from tests.support.databases import reader_of, store_tables, work_on
from tests.support.listening import listening

# More than the values that PostgreSQL takes with one statement.
MANY = 40_000


def catalogue(size: int) -> Sequence[Entity]:
    """Make artists with albums with tracks on playlists, so many of each."""
    entities: list[Entity] = [Playlist(name=f"Playlist {number}") for number in range(size)]
    playlists = list(entities)
    for number in range(size):
        artist = Artist(name=f"Artist {number}")
        album = Album(title=f"Album {number}", artist_id=artist.id)
        track = Track(
            name=f"Track {number}", album_id=album.id, media_type="MPEG", milliseconds=1, unit_price=Decimal(1)
        )
        entries = [PlaylistEntry(playlist_id=playlist.id, track_id=track.id) for playlist in playlists]
        entities += [artist, album, track, *entries]
    return entities


def nested(*path: str) -> Selection:
    if not path:
        return Selection(("id",))
    listing = Listing(nested(*path[1:]), page=Page(5), count=True)
    return Selection(("id",), (Related(path[0], path[0], listing),))


async def statements_of(engine: AsyncEngine, listing: Listing) -> int:
    """Read artists, and count the statements that it takes."""
    with listening() as statements:
        await reader_of(engine).find(Artist, listing)
    return len(statements)


DEEP = ("albums", "tracks", "playlists", "tracks", "album")


@pytest.mark.parametrize("path", [(), DEEP[:1], DEEP[:2], DEEP], ids="-".join)
@pytest.mark.parametrize("size", [100, MOST_ROWS + 1])
async def test_the_number_of_statements_depends_on_the_depth_and_the_size_of_the_page_alone(
    engine: AsyncEngine, path: tuple[str, ...], size: int
) -> None:
    listing = Listing(nested(*path), page=Page(size), count=True)
    together = engine.dialect.name == "postgresql" and size <= MOST_ROWS
    for number in (1, 12):
        async with work_on(engine) as work:
            for entity in catalogue(number):
                await work.repository(type(entity)).add(entity)
            await work.commit()
        assert await statements_of(engine, listing) == (1 if together else 1 + len(path))


def paged(page: Page, *path: str) -> Listing:
    """Select relations along a path, a page of each."""
    below = (Related(path[0], path[0], paged(page, *path[1:])),) if path else ()
    return Listing(Selection(related=below), page=page)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("entity", "path"),
    [
        (Artist, DEEP),
        (Playlist, ("entries", "track")),
        (Playlist, ("tracks", "album")),
        (Track, ("playlists", "tracks")),
        (Track, ("playlists", "entries")),
    ],
)
async def test_as_many_rows_are_read_together_as_one_by_one(
    engine: AsyncEngine, entity: type[Entity], path: Sequence[str], size: int, *, backward: bool
) -> None:
    """For the one row too many, which tells whether a list goes on, nothing else is read."""
    async with work_on(engine) as work:
        for one in catalogue(3):
            await work.repository(type(one)).add(one)
        await work.commit()
    with listening() as together:
        found = await reader_of(engine).find(entity, paged(Page(size, backward=backward), *path))
    with listening() as apart, patch.object(level_shapes, "MOST_ROWS", 0):
        await reader_of(engine).find(entity, paged(Page(size, backward=backward), *path))
    assert len(found) == min(size, 3)
    assert len(apart) == 1 + len(path)
    assert together.rows == apart.rows


async def test_one_selection_of_several_entities_is_read_of_each(engine: AsyncEngine) -> None:
    async with work_on(engine) as work:
        for one in catalogue(2):
            await work.repository(type(one)).add(one)
        await work.commit()
    album = Related("album", "album", Listing(Selection(("id",))))
    selection = Selection(
        ("id",), (Related("tracks", "tracks", Listing(Selection(("name",), (album,)), page=Page(5))),)
    )
    for entity in (Album, Playlist, Album):
        found = await reader_of(engine).find(entity, Listing(selection, page=Page(5)))
        names = {track.name for one in found for track in one.related("tracks")}
        assert names == {"Track 0", "Track 1"}


async def test_levels_below_more_rows_than_are_held_are_read_one_by_one(engine: AsyncEngine) -> None:
    async with work_on(engine) as work:
        for entity in catalogue(1):
            await work.repository(type(entity)).add(entity)
        await work.commit()
    for size, together in ((MOST_HELD // 500, True), (500, False)):
        tracks = Related("tracks", "tracks", Listing(nested("playlists"), page=Page(500)))
        listing = Listing(Selection(related=(tracks,)), page=Page(1))
        albums = Related("albums", "albums", replace(listing, page=Page(size)))
        read = await statements_of(engine, Listing(Selection(related=(albums,)), page=Page(1)))
        assert read == (4 if engine.dialect.name == "sqlite" else 1 if together else 2)


async def test_too_many_levels_are_read_one_by_one(engine: AsyncEngine) -> None:
    related = tuple(Related(f"{number}", "albums", Listing(page=Page(1))) for number in range(MOST_LEVELS))
    async with work_on(engine) as work:
        for entity in catalogue(1):
            await work.repository(type(entity)).add(entity)
        await work.commit()
    for wanted, together in ((related[1:], True), (related, False)):
        read = await statements_of(engine, Listing(Selection(("id",), wanted), page=Page(1)))
        assert read == (1 if together and engine.dialect.name == "postgresql" else 1 + len(wanted))


async def test_any_number_of_identities_and_values_can_be_asked_for(engine: AsyncEngine) -> None:
    tables = store_tables()
    ids = [derived_id(number, 1) for number in range(MANY)]
    tracks = ListStatements(tables, tables.model["Track"])
    relation = tables.model["Album"].relations["tracks"]
    assert isinstance(relation, ToMany)
    lateral = {False, engine.dialect.name == "postgresql"}
    ways = [OwnedPageStatements.of(tracks, has_lateral=one) for one in lateral]
    among = where("name", ComparisonOperator.IN, tuple(str(id) for id in ids))
    condition = to_sql_condition(among, tables.model["Track"], tables)
    async with reading(engine) as connection:
        for statement in (
            tracks.by_identity(Selection(("name",)), ids),
            tracks.totals_of_owners(relation, ids, Listing()),
            *(pages.pages(relation, ids, Listing(), Page(1)) for pages in ways),
            select(tables["Track"].c.id).where(condition),
        ):
            assert (await connection.execute(statement)).all() == []
