"""With tens of thousands of rows, lists and relations are read by indexes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.album.entity import Album
from domain.kernel.identity import derived_id
from domain.kernel.relations import ToMany
from domain.kernel.selection import Direction, Listing, Page, Related, Selection, SortKey, total
from domain.kernel.specification import ComparisonOperator, Quantifier, RelationSpecification, Through, where
from graphql_api.persistence.owned_pages import OwnedPageStatements
from graphql_api.persistence.pages import PageStatements
from graphql_api.persistence.statements import ListStatements
from tests.support.databases import plans_of, reader_of, store_tables
from tests.support.explained import plan_of
from tests.support.listening import listening
from tests.support.worlds import NOON

TRACKS = 20_000
ALBUMS = 2_000
ARTISTS = 1_000
PLANNED_FIRST = 5
"""How often PostgreSQL plans for the values before it may keep a plan for any."""
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
                "genre": f"Genre {number % 100}" if number % 20 else None,
                "media_type": "MPEG",
                "milliseconds": number,
                "unit_price": Decimal("0.99"),
            }
            for number, id in enumerate(tracks)
        ],
    }
    for name, several in rows.items():
        await connection.execute(insert(store_tables()[name]), [{**STAMPS, **row} for row in several])


def page(statements: ListStatements, listing: Listing, page: Page) -> Select[Any]:
    return PageStatements.of(statements, listing).page(listing, page)


def statements(*, has_lateral: bool) -> Mapping[str, tuple[str, Select[Any]]]:
    """Return what is read, with the index that it should be read by."""
    tables = store_tables()
    tracks, artists = (ListStatements(tables, tables.model[name]) for name in ("Track", "Artist"))
    of_albums = tables.model["Album"].relations["tracks"]
    assert isinstance(of_albums, ToMany)
    by_name = Listing(Selection(("name",)), order=total((SortKey("name"),)))
    by_genre = Listing(Selection(("name",)), order=total((SortKey("genre", Direction.DESCENDING, absent_first=False),)))
    by_title = Listing(Selection(("name",)), order=total((SortKey(Through("album", "title"), Direction.DESCENDING),)))
    numbered = OwnedPageStatements.of(tracks, has_lateral=False)
    owned = OwnedPageStatements.of(tracks, has_lateral=has_lateral)
    place = ("Track 5000", derived_id(TRACKS // 2, 3))
    some = identities(50, 2)
    titled = RelationSpecification("albums", Quantifier.SOME, where("title", ComparisonOperator.EQ, "Album 7"))
    starting = replace(by_name, where=where("name", ComparisonOperator.STARTS_WITH, "Track 77"))
    return {
        "a page": ("tracks_name_id_idx", page(tracks, by_name, Page(50))),
        "the next page": ("tracks_name_id_idx", page(tracks, by_name, Page(50, after=place))),
        "the page before": ("tracks_name_id_idx", page(tracks, by_name, Page(50, before=place, backward=True))),
        "a page by what may be absent": ("tracks_genre_id_idx", page(tracks, by_genre, Page(50))),
        "the next page by what may be absent": (
            "tracks_genre_id_idx",
            page(tracks, by_genre, Page(50, after=("Genre 5", place[1]))),
        ),
        "the next page of what is absent": (
            "tracks_genre_id_idx",
            page(tracks, by_genre, Page(50, after=(None, place[1]))),
        ),
        "a page by what is related": ("albums_title_id_idx", page(tracks, by_title, Page(50))),
        "the next page by what is related": (
            "albums_title_id_idx",
            page(tracks, by_title, Page(50, after=("Album 5", place[1]))),
        ),
        "names that start so": ("tracks_name_id_idx", page(tracks, starting, Page(50))),
        "what is referred to": ("pkey|autoindex_tracks_1", tracks.by_identity(by_name.selection, identities(50, 3))),
        "what refers": ("tracks_album_id_id_idx", owned.pages(of_albums, some, by_name, Page(5))),
        "what refers, numbered": ("tracks_album_id_id_idx", numbered.pages(of_albums, some, by_name, Page(5))),
        "what refers, as its index has it": (
            "tracks_album_id_id_idx",
            owned.pages(of_albums, some, Listing(Selection(("name",))), Page(5)),
        ),
        "how many refer": ("tracks_album_id_id_idx", tracks.totals_of_owners(of_albums, some, by_name)),
        "by what refers": ("albums_title_id_idx", page(artists, Listing(where=titled), Page(5))),
    }


async def test_lists_and_relations_are_read_by_indexes(engine: AsyncEngine) -> None:
    plans: dict[str, str] = {}
    async with engine.connect() as connection:
        await fill(connection)
        await connection.execute(text("ANALYZE"))
        has_lateral = engine.dialect.name == "postgresql"
        for name, (indexes, statement) in statements(has_lateral=has_lateral).items():
            plans[name] = await plan_of(connection, statement)
            assert any(index in plans[name] for index in indexes.split("|")), (name, plans[name])
            assert "Seq Scan on tracks" not in plans[name], name
            assert "SCAN tracks" not in plans[name].replace("SCAN tracks USING", ""), name
    # PostgreSQL names what each sort is by. What was sorted to be numbered within its owner is in order.
    assert plans["what refers, numbered"].count("Sort Key:") <= 1, plans["what refers, numbered"]
    if has_lateral:
        # The loop over the owners keeps the order that the page of each has.
        assert plans["what refers"].count("Sort Key:") == 1, plans["what refers"]
        assert "Sort" not in plans["what refers, as its index has it"], plans["what refers, as its index has it"]
    for name, place in ENTERED.items():
        # Level with the place it goes on by the identity, so that the length of the list and of what is level do not matter.
        assert any(text in plans[name] for text in place), plans[name]


def selecting(field: str, relation: str, below: Selection) -> Selection:
    return Selection((field,), (Related(relation, relation, Listing(below, page=Page(50))),))


UP = selecting("name", "album", selecting("title", "artist", Selection(("name",))))
DOWN = selecting("name", "albums", selecting("title", "tracks", Selection(("name",))))


@pytest.mark.parametrize(("name", "selection"), [("Track", UP), ("Artist", DOWN)])
async def test_levels_that_are_read_together_are_read_by_indexes(
    engine: AsyncEngine, name: str, selection: Selection
) -> None:
    async with engine.begin() as connection:
        await fill(connection)
        await connection.execute(text("ANALYZE"))
    with listening() as heard:
        found = await reader_of(engine).find(store_tables().model[name].entity, Listing(selection, page=Page(20)))
    assert len(found) == 20
    driver = plans_of(engine).driver
    for statement, arguments in zip(heard, heard.arguments, strict=True):
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        steps = " ".join(str(step[-1]) for step in await driver.fetch(f"{explain} {statement}", arguments))
        whole = re.search(r"(Seq Scan on|SCAN) (tracks|albums)(?! USING)", steps)
        assert whole is None, steps


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "selection"), [("Track", Selection(("name",))), ("Track", UP), ("Artist", DOWN)])
async def test_sizes_of_pages_share_a_statement_that_is_planned_for_none_of_them(
    engine: AsyncEngine, name: str, selection: Selection, *, backward: bool
) -> None:
    async with engine.begin() as connection:
        await fill(connection)
        await connection.execute(text("ANALYZE"))
    entity, given = store_tables().model[name].entity, where("name", ComparisonOperator.NE, "Nothing")
    with listening() as heard:
        for size in range(33, 65):
            listing = Listing(selection, given, page=Page(size, backward=backward))
            assert len(await reader_of(engine).find(entity, listing)) == size
    levels = 3 if selection.related else 1
    if engine.dialect.name == "sqlite":
        assert len(set(heard)) == levels
        return
    (statement,) = set(heard)
    ((plans,),) = await plans_of(engine).driver.fetch(
        "SELECT custom_plans FROM pg_prepared_statements WHERE statement = $1", [statement]
    )
    assert plans == PLANNED_FIRST


@pytest.mark.parametrize("size", [1, 7, 8, 9, 100])
@pytest.mark.parametrize("backward", [False, True])
async def test_no_more_rows_are_read_than_a_page_has_and_one(engine: AsyncEngine, size: int, *, backward: bool) -> None:
    async with engine.begin() as connection:
        await fill(connection)
    page = Page(size, backward=backward)
    tracks = Related("tracks", "tracks", Listing(page=page))
    with listening() as heard:
        found = await reader_of(engine).find(Album, Listing(Selection(related=(tracks,)), page=page))
    assert len(found) == size
    # An album has ten tracks.
    assert heard.rows == size + 1 + size * min(size + 1, TRACKS // ALBUMS)


ENTERED: Mapping[str, tuple[str, str]] = {
    "the next page": ("(name = 'Track 5000'::text COLLATE \"C\") AND (id > ", "(name=? AND id>?)"),
    "the page before": ("(name = 'Track 5000'::text COLLATE \"C\") AND (id < ", "(name=? AND id<?)"),
    "the next page by what may be absent": ("(genre = 'Genre 5'::text COLLATE \"C\") AND (id < ", "(genre=? AND id<?)"),
    "the next page of what is absent": ("(genre IS NULL) AND (id < ", "(genre=? AND id<?)"),
}
