"""With tens of thousands of rows, lists and relations are read by indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.identity import derived_id
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, Page, Selection, SortKey, total
from domain.kernel.specification import ComparisonOperator, Quantifier, RelationSpecification, where
from graphql_api.persistence.statements import ListStatements
from tests.support.databases import store_tables
from tests.support.worlds import NOON

TRACKS = 20_000
ALBUMS = 2_000
ARTISTS = 1_000
STAMPS: Mapping[str, Any] = {"version": 1, "created_at": NOON, "updated_at": NOON}


def identities(count: int, kind: int) -> list[UUID]:
    return [derived_id(number, kind) for number in range(count)]


async def fill(connection: AsyncConnection) -> None:
    artists, albums, tracks = identities(ARTISTS, 1), identities(ALBUMS, 2), identities(TRACKS, 3)
    rows: dict[str, list[dict[str, Any]]] = {
        "Artist": [{"id": id, "name": f"Artist {number}"} for number, id in enumerate(artists)],
        "Album": [
            {"id": id, "title": f"Album {number}", "artist_id": artists[number % ARTISTS]}
            for number, id in enumerate(albums)
        ],
        "Track": [
            {
                "id": id,
                "name": f"Track {number * 7919 % TRACKS}",
                "album_id": albums[number % ALBUMS],
                "media_type": "MPEG",
                "milliseconds": number,
                "unit_price": Decimal("0.99"),
            }
            for number, id in enumerate(tracks)
        ],
    }
    for name, several in rows.items():
        await connection.execute(insert(store_tables()[name]), [{**STAMPS, **row} for row in several])


def statements() -> Mapping[str, tuple[str, Select[Any]]]:
    """Return what is read, with the index that it should be read by."""
    tables = store_tables()
    tracks, artists = (ListStatements(tables, tables.model[name]) for name in ("Track", "Artist"))
    of_albums = tables.model["Album"].relations["tracks"]
    assert isinstance(of_albums, ToMany)
    by_name = Listing(Selection(("name",)), order=total((SortKey("name"),)))
    place = ("Track 5000", derived_id(0, 3))
    some = identities(50, 2)
    titled = RelationSpecification("albums", Quantifier.SOME, where("title", ComparisonOperator.EQ, "Album 7"))
    starting = replace(by_name, where=where("name", ComparisonOperator.STARTS_WITH, "Track 77"))
    return {
        "a page": ("tracks_name_id_idx", tracks.page(by_name, Page(50))),
        "the next page": ("tracks_name_id_idx", tracks.page(by_name, Page(50, after=place))),
        "the page before": ("tracks_name_id_idx", tracks.page(by_name, Page(50, before=place, backward=True))),
        "names that start so": ("tracks_name_id_idx", tracks.page(starting, Page(50))),
        "what is referred to": ("pkey|autoindex_tracks_1", tracks.by_identity(by_name.selection, identities(50, 3))),
        "what refers": ("tracks_album_id_id_idx", tracks.pages_of_owners(of_albums, some, by_name, Page(5))),
        "how many refer": ("tracks_album_id_id_idx", tracks.totals_of_owners(of_albums, some, by_name)),
        "by what refers": ("albums_title_id_idx", artists.page(Listing(where=titled), Page(5))),
    }


async def plan(connection: AsyncConnection, statement: Select[Any]) -> str:
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
    lines: Sequence[Any] = (await connection.exec_driver_sql(f"{explain} {compiled}")).all()
    return "\n".join(line[-1] for line in lines)


async def test_lists_and_relations_are_read_by_indexes(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await fill(connection)
        await connection.execute(text("ANALYZE"))
        for name, (indexes, statement) in statements().items():
            found = await plan(connection, statement)
            assert any(index in found for index in indexes.split("|")), (name, found)
            assert "Seq Scan on tracks" not in found, (name, found)
            assert "SCAN tracks" not in found.replace("SCAN tracks USING", ""), (name, found)


async def test_the_next_page_is_entered_at_its_place_and_not_sorted(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await fill(connection)
        await connection.execute(text("ANALYZE"))
        for name in ("the next page", "the page before"):
            found = await plan(connection, statements()[name][1])
            assert "Index Cond: (name " in found or "tracks_name_id_idx (name" in found, found
            assert "Sort" not in found, found
            assert "TEMP B-TREE" not in found, found
