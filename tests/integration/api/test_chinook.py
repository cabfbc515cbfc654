"""The real catalogue, asked through the API and, in plain SQL, from the file that it came from."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graphql_api.persistence.engine import create_engine
from graphql_api.seeding import load_chinook
from graphql_api.settings import Settings
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

LONG_LOVE_OR_DEAR = {
    "milliseconds": {"gt": 300_000},
    "or": [{"name": {"iContains": "love"}}, {"unitPrice": {"gt": "1"}}],
}
LONG_LOVE_OR_DEAR_SQL = """SELECT name FROM track
    WHERE milliseconds > 300000 AND (lower(name) LIKE '%love%' OR unit_price > 1)
    ORDER BY name COLLATE BINARY, track_id"""


@dataclass(frozen=True)
class Chinook:
    """The application with everything in it, and the source of it all."""

    api: Api
    source: sqlite3.Connection

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the source."""
        return [tuple(row) for row in self.source.execute(statement, parameters)]

    def nodes(self, document: str, **variables: Any) -> list[Any]:
        """Ask the API for the things of the one list of a document."""
        ((_, found),) = self.api.data(document, **variables).items()
        nodes: list[Any] = found["nodes"]
        return nodes


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    # Immutable: the folder may not be written to, not even with the files that readers of SQLite leave.
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield connection


async def load(settings: Settings, path: Path) -> None:
    engine = create_engine(settings.database)
    try:
        await load_chinook(engine, path)
    finally:
        await engine.dispose()


@pytest.fixture(scope="module", params=DATABASES)
def chinook(request: pytest.FixtureRequest, shared_folder: Path) -> Iterator[Chinook]:
    path = shared_folder / "data" / "chinook.sqlite"
    with new_database(request) as url, opened(path) as source:
        settings = settings_of(url)
        with serving(settings) as api:
            api.run(load(settings, path))
            yield Chinook(api, source)


def test_everything_arrived(chinook: Chinook) -> None:
    lists = ("artists", "albums", "tracks", "playlists", "customers", "invoices")
    counts = chinook.api.data("{" + " ".join(f"{name} {{ totalCount }}" for name in lists) + "}")
    assert {name: counts[name]["totalCount"] for name in lists} == {
        name: chinook.rows(f"SELECT count(*) FROM {name[:-1]}")[0][0] for name in lists
    }
    assert counts["tracks"] == {"totalCount": 3_503}


@pytest.mark.parametrize("size", [1_000, 50, 7])
def test_long_tracks_of_love_or_dear_ones_by_name_page_by_page_both_ways(chinook: Chinook, size: int) -> None:
    expected = [name for (name,) in chinook.rows(LONG_LOVE_OR_DEAR_SQL)]
    assert len(expected) > 200
    forwards, backwards = (list(walk(chinook.api, size, backward=way)) for way in (False, True))
    assert [name for page in forwards for name in page] == expected
    assert [name for page in backwards[::-1] for name in page] == expected


def walk(api: Api, size: int, *, backward: bool) -> Iterator[list[str]]:
    count, at = ("last", "before") if backward else ("first", "after")
    document = f"""query($where: TrackFilter!, $cursor: String) {{
      tracks(where: $where, orderBy: [{{ name: ASC }}], {count}: {size}, {at}: $cursor) {{
        totalCount nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
      }}
    }}"""
    cursor, more = None, True
    while more:
        page = api.data(document, where=LONG_LOVE_OR_DEAR, cursor=cursor)["tracks"]
        info = page["pageInfo"]
        assert info["hasNextPage" if backward else "hasPreviousPage"] is (cursor is not None)
        more, cursor = (
            info["hasPreviousPage" if backward else "hasNextPage"],
            info["startCursor" if backward else "endCursor"],
        )
        yield [node["name"] for node in page["nodes"]]


def test_albums_of_each_artist_are_counted_and_named(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        "{ artists(first: 1000) { nodes { name albums(first: 1000) { totalCount nodes { title } } } } }"
    )
    found = sorted(
        (node["name"], node["albums"]["totalCount"], sorted(one["title"] for one in node["albums"]["nodes"]))
        for node in nodes
    )
    rows = chinook.rows("SELECT a.name, b.title FROM artist a LEFT JOIN album b USING (artist_id) ORDER BY a.artist_id")
    albums: dict[str, list[str]] = {}
    for name, title in rows:
        albums.setdefault(name, []).extend([title] if title else [])
    assert found == sorted((name, len(titles), sorted(titles)) for name, titles in albums.items())


def test_artists_with_the_most_albums_come_first(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        "{ artists(first: 20, orderBy: [{ albumsCount: DESC }, { name: ASC }]) { nodes { name albums { totalCount } } } }"
    )
    assert [(node["name"], node["albums"]["totalCount"]) for node in nodes] == chinook.rows(
        """SELECT name, (SELECT count(*) FROM album WHERE album.artist_id = artist.artist_id) AS n FROM artist
        ORDER BY n DESC, name COLLATE BINARY LIMIT 20"""
    )


def test_the_invoices_of_a_customer_sum_up(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        """{ customers(first: 100, orderBy: [{ email: ASC }]) { nodes {
          email invoices(first: 100) { nodes { total lines(first: 100) { nodes { unitPrice quantity } } } }
        } } }"""
    )
    found = []
    for node in nodes:
        invoices = node["invoices"]["nodes"]
        for invoice in invoices:
            lines = invoice["lines"]["nodes"]
            assert sum(Decimal(line["unitPrice"]) * line["quantity"] for line in lines) == Decimal(invoice["total"])
        found.append((node["email"], len(invoices), sum(Decimal(invoice["total"]) for invoice in invoices)))
    rows = chinook.rows(
        """SELECT email, count(*), CAST(round(sum(total) * 100) AS INTEGER) FROM customer JOIN invoice USING (customer_id)
        GROUP BY customer_id ORDER BY email COLLATE BINARY"""
    )
    assert found == [(email, count, Decimal(cents) / 100) for email, count, cents in rows]


def test_a_track_knows_its_playlists_and_they_know_it(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        """{ tracks(where: { name: { startsWith: "Balls" } }, first: 10, orderBy: [{ name: ASC }]) { nodes {
          name playlists(orderBy: [{ name: ASC }]) { nodes { name tracks(where: { name: { startsWith: "Balls" } }) { totalCount } } }
        } } }"""
    )
    rows = chinook.rows(
        """SELECT t.name, p.name FROM track t JOIN playlist_track USING (track_id) JOIN playlist p USING (playlist_id)
        WHERE t.name GLOB 'Balls*' ORDER BY t.name COLLATE BINARY, p.name COLLATE BINARY"""
    )
    found = [(node["name"], playlist["name"]) for node in nodes for playlist in node["playlists"]["nodes"]]
    assert found == rows
    assert all(playlist["tracks"]["totalCount"] == 1 for node in nodes for playlist in node["playlists"]["nodes"])


def test_the_length_of_playlists_is_told_by_their_counts(chinook: Chinook) -> None:
    nodes = chinook.nodes("{ playlists { nodes { name tracks { totalCount } entries { totalCount } } } }")
    rows = chinook.rows(
        """SELECT name, (SELECT count(*) FROM playlist_track t WHERE t.playlist_id = playlist.playlist_id)
        FROM playlist ORDER BY playlist_id"""
    )
    assert [(node["name"], node["tracks"]["totalCount"]) for node in nodes] == rows
    assert all(node["tracks"] == node["entries"] for node in nodes)


# What the API is asked, how its answer reads as rows, and the same of the source.
QUESTIONS: Mapping[str, tuple[str, Callable[[Any], tuple[Any, ...]], str]] = {
    "the longest tracks": (
        "{ tracks(first: 25, orderBy: [{ milliseconds: DESC }]) { nodes { name milliseconds } } }",
        lambda node: (node["name"], node["milliseconds"]),
        "SELECT name, milliseconds FROM track ORDER BY milliseconds DESC, track_id DESC LIMIT 25",
    ),
    "tracks without a composer, by genre": (
        """{ tracks(where: { composer: { isNull: true }, genre: { in: ["Jazz", "Opera"] } }, first: 1000,
          orderBy: [{ genre: DESC }, { name: ASC }]) { nodes { genre name } } }""",
        lambda node: (node["genre"], node["name"]),
        """SELECT g.name, t.name FROM track t JOIN genre g USING (genre_id) WHERE composer IS NULL
        AND g.name IN ('Jazz', 'Opera') ORDER BY g.name DESC, t.name COLLATE BINARY, track_id""",
    ),
    "tracks of an artist through the album": (
        """{ tracks(where: { album: { artist: { name: { eq: "Led Zeppelin" } } } }, first: 1000,
          orderBy: [{ album: { title: ASC } }, { name: DESC }]) { nodes { name album { title artist { name } } } } }""",
        lambda node: (node["album"]["artist"]["name"], node["album"]["title"], node["name"]),
        """SELECT r.name, a.title, t.name FROM track t JOIN album a USING (album_id) JOIN artist r USING (artist_id)
        WHERE r.name = 'Led Zeppelin' ORDER BY a.title COLLATE BINARY, t.name COLLATE BINARY DESC, track_id DESC""",
    ),
    "artists with a track of another media type": (
        """{ artists(where: { albums: { some: { tracks: { some: { not: { mediaType: { startsWith: "MPEG" } } } } } } },
          first: 1000, orderBy: [{ name: ASC }]) { nodes { name } } }""",
        lambda node: (node["name"],),
        """SELECT name FROM artist WHERE artist_id IN (SELECT artist_id FROM album JOIN track USING (album_id)
        JOIN media_type m USING (media_type_id) WHERE m.name NOT GLOB 'MPEG*') ORDER BY name COLLATE BINARY, artist_id""",
    ),
    "albums on which every track is short": (
        """{ albums(where: { tracks: { every: { milliseconds: { lt: 240000 } } } }, first: 1000,
          orderBy: [{ title: ASC }]) { nodes { title } } }""",
        lambda node: (node["title"],),
        """SELECT title FROM album WHERE NOT EXISTS (SELECT 1 FROM track t WHERE t.album_id = album.album_id
        AND milliseconds >= 240000) ORDER BY title COLLATE BINARY, album_id""",
    ),
    "artists without an album": (
        "{ artists(where: { albumsCount: { eq: 0 } }, first: 1000, orderBy: [{ name: ASC }]) { nodes { name } } }",
        lambda node: (node["name"],),
        """SELECT name FROM artist WHERE artist_id NOT IN (SELECT artist_id FROM album)
        ORDER BY name COLLATE BINARY, artist_id""",
    ),
    "tracks that were never sold": (
        """{ tracks(where: { invoiceLines: { none: { quantity: { ge: 1 } } }, milliseconds: { gt: 600000 } }, first: 1000,
          orderBy: [{ name: ASC }]) { nodes { name } } }""",
        lambda node: (node["name"],),
        """SELECT name FROM track WHERE milliseconds > 600000 AND track_id NOT IN (SELECT track_id FROM invoice_line)
        ORDER BY name COLLATE BINARY, track_id""",
    ),
    "customers by what they bought": (
        """{ customers(where: { invoices: { some: { lines: { some: { track: { genre: { eq: "Classical" } } } } } } },
          first: 1000, orderBy: [{ lastName: ASC }]) { nodes { firstName lastName } } }""",
        lambda node: (node["firstName"], node["lastName"]),
        """SELECT first_name, last_name FROM customer WHERE customer_id IN (SELECT customer_id FROM invoice
        JOIN invoice_line USING (invoice_id) JOIN track USING (track_id) JOIN genre g USING (genre_id)
        WHERE g.name = 'Classical') ORDER BY last_name COLLATE BINARY, customer_id""",
    ),
    "large invoices of one country": (
        """{ invoices(where: { billingCountry: { eq: "USA" }, total: { ge: "10" } }, first: 1000,
          orderBy: [{ total: DESC }, { issuedAt: ASC }]) { nodes { total billingCity } } }""",
        lambda node: (float(node["total"]), node["billingCity"]),
        """SELECT total, billing_city FROM invoice WHERE billing_country = 'USA' AND total >= 10
        ORDER BY total DESC, invoice_date, invoice_id""",
    ),
    "invoices between two moments": (
        """{ invoices(where: { issuedAt: { between: ["2022-03-01T00:00:00Z", "2022-05-31T23:59:59Z"] } }, first: 1000,
          orderBy: [{ issuedAt: ASC }]) { nodes { issuedAt customer { email } } } }""",
        lambda node: (node["issuedAt"][:19].replace("T", " "), node["customer"]["email"]),
        """SELECT substr(replace(invoice_date, 'T', ' '), 1, 19), email FROM invoice JOIN customer USING (customer_id)
        WHERE substr(invoice_date, 1, 10) BETWEEN '2022-03-01' AND '2022-05-31' ORDER BY invoice_date, invoice_id""",
    ),
    "customers of companies or without a state, by country": (
        """{ customers(where: { or: [{ company: { isNull: false } }, { state: { isNull: true } }], country: { ne: "USA" } },
          first: 1000, orderBy: [{ country: ASC }, { company: DESC_NULLS_LAST }]) { nodes { country company email } } }""",
        lambda node: (node["country"], node["company"], node["email"]),
        """SELECT country, company, email FROM customer WHERE (company IS NOT NULL OR state IS NULL)
        AND country IS NOT 'USA' ORDER BY country COLLATE BINARY, company COLLATE BINARY DESC NULLS LAST, customer_id DESC""",
    ),
    "names beyond ASCII in any case": (
        """{ artists(where: { or: [{ name: { iContains: "É" } }, { name: { iStartsWith: "JOÃO" } }] }, first: 1000,
          orderBy: [{ name: ASC }]) { nodes { name } } }""",
        lambda node: (node["name"],),
        """SELECT name FROM artist WHERE name LIKE '%é%' OR name LIKE '%É%' OR name LIKE 'João%'
        ORDER BY name COLLATE BINARY, artist_id""",
    ),
    "patterns take wildcards as they are meant": (
        r"""{ tracks(where: { or: [{ name: { like: "_____" } }, { name: { contains: "%" } }, { name: { like: "%\\_%" } }] },
          first: 1000, orderBy: [{ name: ASC }]) { nodes { name } } }""",
        lambda node: (node["name"],),
        r"""SELECT name FROM track WHERE length(name) = 5 OR instr(name, '%') OR instr(name, '_')
        ORDER BY name COLLATE BINARY, track_id""",
    ),
    "lines by the track's price when it differs": (
        """{ tracks(where: { unitPrice: { between: ["1", "2"] }, invoiceLinesCount: { gt: 1 } }, first: 1000,
          orderBy: [{ invoiceLinesCount: DESC }, { name: ASC }]) { nodes { name invoiceLines { totalCount } } } }""",
        lambda node: (node["name"], node["invoiceLines"]["totalCount"]),
        """SELECT name, count(*) FROM track JOIN invoice_line USING (track_id) WHERE track.unit_price BETWEEN 1 AND 2
        GROUP BY track_id HAVING count(*) > 1 ORDER BY count(*) DESC, name COLLATE BINARY, track_id""",
    ),
    "playlists on which nothing is long": (
        """{ playlists(where: { tracks: { none: { milliseconds: { gt: 300000 } } } }, orderBy: [{ name: ASC }]) {
          nodes { name } } }""",
        lambda node: (node["name"],),
        """SELECT name FROM playlist p WHERE NOT EXISTS (SELECT 1 FROM playlist_track JOIN track USING (track_id)
        WHERE playlist_id = p.playlist_id AND milliseconds > 300000) ORDER BY name COLLATE BINARY, playlist_id""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_api_answers_what_the_source_does(chinook: Chinook, question: str) -> None:
    document, row, statement = QUESTIONS[question]
    rows = chinook.rows(statement)
    assert rows != []
    assert [row(node) for node in chinook.nodes(document)] == rows


def cents(value: str | None) -> int | None:
    return None if value is None else int(Decimal(value) * 100)


# What is asked of groups, how the answer reads as rows, and the same of the source. Sums there are floats: cents are compared.
GROUPS: Mapping[str, tuple[str, Callable[[Any], tuple[Any, ...]], str]] = {
    "all tracks": (
        """{ trackAggregates { count countDistinct { composer } sum { milliseconds unitPrice } min { name bytes }
          max { name bytes } } }""",
        lambda one: (one["count"], one["countDistinct"]["composer"], int(one["sum"]["milliseconds"]),
                     cents(one["sum"]["unitPrice"]), *one["min"].values(), *one["max"].values()),
        """SELECT count(*), count(DISTINCT composer), sum(milliseconds), CAST(round(sum(unit_price) * 100) AS INTEGER),
        min(name COLLATE BINARY), min(bytes), max(name COLLATE BINARY), max(bytes) FROM track""",
    ),
    "genres of which there are many, the dearest first": (
        """{ trackAggregates(groupBy: [{ genre: VALUE }], having: { count: { ge: 100 } },
          orderBy: [{ sum: { unitPrice: DESC } }]) { key { genre } count sum { unitPrice } max { milliseconds } } }""",
        lambda one: (one["key"]["genre"], one["count"], cents(one["sum"]["unitPrice"]), one["max"]["milliseconds"]),
        """SELECT g.name, count(*), CAST(round(sum(unit_price) * 100) AS INTEGER), max(milliseconds) FROM track
        JOIN genre g USING (genre_id) GROUP BY g.name HAVING count(*) >= 100 ORDER BY sum(unit_price) DESC""",
    ),
    "sales by month": (
        """{ invoiceAggregates(groupBy: [{ issuedAt: MONTH }], orderBy: [{ key: { issuedAt: ASC } }], first: 100) {
          key { issuedAt } count sum { total } } }""",
        lambda one: (one["key"]["issuedAt"][:10], one["count"], cents(one["sum"]["total"])),
        """SELECT substr(invoice_date, 1, 7) || '-01', count(*), CAST(round(sum(total) * 100) AS INTEGER) FROM invoice
        GROUP BY 1 ORDER BY 1""",
    ),
    "tracks by artist, through the album, where they were sold": (
        """{ trackAggregates(where: { invoiceLines: { some: { quantity: { ge: 1 } } } }, first: 20,
          groupBy: [{ album: { artist: { name: VALUE } } }], orderBy: [{ count: DESC }, { key: { album: { artist: { name: ASC } } } }]) {
          key { album { artist { name } } } count } }""",
        lambda one: (one["key"]["album"]["artist"]["name"], one["count"]),
        """SELECT r.name, count(*) FROM track JOIN album USING (album_id) JOIN artist r USING (artist_id)
        WHERE track_id IN (SELECT track_id FROM invoice_line) GROUP BY r.name
        ORDER BY 2 DESC, r.name COLLATE BINARY LIMIT 20""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("question", GROUPS)
def test_groups_measure_what_the_source_does(chinook: Chinook, question: str) -> None:
    document, row, statement = GROUPS[question]
    ((_, groups),) = chinook.api.data(document).items()
    assert [row(group) for group in groups] == chinook.rows(statement)


def test_each_artist_knows_what_their_albums_and_each_album_what_its_tracks_come_to(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        """{ artists(first: 1000) { nodes { name albumsAggregate { count max { title } } albums(first: 100) { nodes {
          tracksAggregate(where: { milliseconds: { gt: 200000 } }) { count sum { milliseconds } } } } } } }"""
    )
    found = [
        (node["name"], node["albumsAggregate"]["count"], node["albumsAggregate"]["max"]["title"],
         sum(album["tracksAggregate"]["count"] for album in node["albums"]["nodes"]),
         sum(int(album["tracksAggregate"]["sum"]["milliseconds"] or 0) for album in node["albums"]["nodes"]))
        for node in nodes
    ]  # fmt: skip
    assert found == chinook.rows(
        """SELECT artist.name, count(DISTINCT album_id), max(title COLLATE BINARY), count(track_id),
        coalesce(sum(milliseconds), 0) FROM artist LEFT JOIN album USING (artist_id)
        LEFT JOIN (SELECT * FROM track WHERE milliseconds > 200000) USING (album_id) GROUP BY artist_id ORDER BY artist_id"""
    )


def test_a_deep_operation_with_many_parents_is_right_at_every_level(chinook: Chinook) -> None:
    nodes = chinook.nodes(
        """{ artists(first: 1000) { nodes { name albums(first: 2, orderBy: [{ title: DESC }]) { nodes { title
          tracks(first: 3, orderBy: [{ milliseconds: DESC }]) { totalCount nodes { name } } } } } } }"""
    )
    found = [
        (artist["name"], album["title"], album["tracks"]["totalCount"], track["name"])
        for artist in nodes
        for album in artist["albums"]["nodes"]
        for track in album["tracks"]["nodes"]
    ]
    assert found == chinook.rows(
        """WITH a AS (SELECT *, row_number() OVER (PARTITION BY artist_id ORDER BY title COLLATE BINARY DESC, album_id DESC) AS n
          FROM album), t AS (SELECT *, row_number() OVER (PARTITION BY album_id ORDER BY milliseconds DESC, track_id DESC) AS n,
          count(*) OVER (PARTITION BY album_id) AS total FROM track)
        SELECT r.name, a.title, t.total, t.name FROM artist r JOIN a USING (artist_id) JOIN t USING (album_id)
        WHERE a.n <= 2 AND t.n <= 3 ORDER BY r.artist_id, a.n, t.n"""
    )


def test_a_full_walk_through_all_tracks_meets_each_once(chinook: Chinook) -> None:
    document = """query($cursor: String) { tracks(first: 1000, after: $cursor, orderBy: [{ composer: ASC }, { bytes: DESC }]) {
      nodes { name } pageInfo { hasNextPage endCursor } } }"""
    names: list[str] = []
    cursor, more = None, True
    while more:
        page = chinook.api.data(document, cursor=cursor)["tracks"]
        names += [node["name"] for node in page["nodes"]]
        more, cursor = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    rows = chinook.rows(
        "SELECT name FROM track ORDER BY composer COLLATE BINARY NULLS LAST, bytes DESC NULLS FIRST, track_id DESC"
    )
    assert names == [name for (name,) in rows]


def test_many_clients_at_once_are_each_answered_right(chinook: Chinook) -> None:
    names = [name for (name,) in chinook.rows("SELECT name FROM artist ORDER BY artist_id LIMIT 40")]
    document = (
        "query($name: String!) { artists(where: { name: { eq: $name } }) { nodes { name albums { totalCount } } } }"
    )

    async def ask_all() -> list[Any]:
        return await asyncio.gather(*(chinook.api.answer(document, name=name) for name in names))

    counts = dict(
        chinook.rows("SELECT name, count(album_id) FROM artist LEFT JOIN album USING (artist_id) GROUP BY artist_id")
    )
    assert [answer["artists"]["nodes"] for answer in chinook.api.run(ask_all())] == [
        [{"name": name, "albums": {"totalCount": counts[name]}}] for name in names
    ]
