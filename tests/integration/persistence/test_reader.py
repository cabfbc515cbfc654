"""Reading costs a statement for each level, however many rows and identities there are."""

from collections.abc import Sequence
from decimal import Decimal

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
from graphql_api.persistence.engine import reading
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
    listing = Listing(nested(*path[1:]), page=Page(100), count=True)
    return Selection(("id",), (Related(path[0], path[0], listing),))


async def statements_of(engine: AsyncEngine, listing: Listing) -> int:
    """Read artists, and count the statements that it takes."""
    with listening() as statements:
        await reader_of(engine).find(Artist, listing)
    return len(statements)


@pytest.mark.parametrize(
    ("path", "expected"),
    [((), 1), (("albums",), 2), (("albums", "tracks"), 3), (("albums", "tracks", "playlists", "tracks", "album"), 6)],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
async def test_the_number_of_statements_depends_on_the_depth_alone(
    engine: AsyncEngine, path: tuple[str, ...], expected: int
) -> None:
    listing = Listing(nested(*path), page=Page(100), count=True)
    for size in (1, 12):
        async with work_on(engine) as work:
            for entity in catalogue(size):
                await work.repository(type(entity)).add(entity)
            await work.commit()
        assert await statements_of(engine, listing) == expected


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
