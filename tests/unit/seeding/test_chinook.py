"""Reading Chinook files: everything that is in a good one, and one clear sentence about any other."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.artist.entity import Artist
from domain.kernel.validation import validate
from domain.track.entity import Track
from graphql_api.seeding.chinook import read_chinook
from graphql_api.seeding.chinook.rows import ENTERED, Unreadable, amount, identity, moment
from graphql_api.seeding.errors import SourceUnusable
from tests.unit.seeding.catalogues import Catalogue, fingerprint
from tests.unit.seeding.small_chinook import write_chinook

keys = st.integers(0, 2**31 - 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chinook.sqlite"


def read(path: Path) -> Catalogue:
    with read_chinook(path) as batches:
        return Catalogue(batches)


def fault_of(path: Path) -> str:
    with pytest.raises(SourceUnusable) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path} cannot be loaded: ")
    return message.removeprefix(f"{path} cannot be loaded: ")


def test_everything_in_the_file_arrives(path: Path) -> None:
    found = read(write_chinook(path))
    assert [artist.name for artist in found.artists] == ["AC/DC", "Antônio Carlos Jobim"]
    assert [album.artist_id for album in found.albums] == [artist.id for artist in found.artists]
    assert [(track.name, track.genre, track.album_id) for track in found.tracks] == [
        ("Go Down", "Rock", found.albums[0].id),
        ("Dog Eat Dog", "Rock", found.albums[0].id),
        ("Desafinado", None, None),
    ]
    assert [track.unit_price for track in found.tracks] == [Decimal("0.99"), Decimal("1.99"), Decimal(1)]
    assert [playlist.name for playlist in found.playlists] == ["Music", "Music"]
    assert [customer.email for customer in found.customers] == ["ada@example.com"]
    assert [(line.unit_price, line.quantity) for line in found.lines] == [(Decimal("1.99"), 2), (Decimal("0.99"), 1)]


def test_an_invoice_was_issued_at_its_date_in_utc(path: Path) -> None:
    (invoice,) = read(write_chinook(path)).invoices
    assert invoice.issued_at == invoice.created_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert invoice.total == Decimal("4.97")


def test_entries_of_playlists_come_in_the_order_of_their_keys(path: Path) -> None:
    found = read(write_chinook(path))
    names = {track.id: track.name for track in found.tracks}
    assert [names[entry.track_id] for entry in found.entries] == ["Dog Eat Dog", "Desafinado", "Desafinado"]
    assert [entry.id for entry in found.entries] == sorted(entry.id for entry in found.entries)


def test_reading_twice_gives_the_same(path: Path) -> None:
    write_chinook(path)
    assert fingerprint(read(path).everything) == fingerprint(read(path).everything)


@given(st.lists(keys, unique=True))
def test_identities_have_the_order_of_the_keys(some: list[int]) -> None:
    assert sorted(some) == sorted(some, key=lambda key: identity(Track, key))


@given(keys, keys)
def test_no_two_kinds_share_an_identity(one: int, other: int) -> None:
    assert identity(Artist, one) != identity(Track, other)


@given(st.integers(-(10**12), 10**12))
def test_amounts_are_exact_though_the_file_holds_binary_fractions(cents: int) -> None:
    assert amount(cents / 100) == Decimal(cents) / 100


@pytest.mark.parametrize("value", ["free", b"\x01", None, ""])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(Unreadable, match="not an amount"):
        amount(value)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones()))  # noqa: DTZ001  # bounds
def test_moments_with_a_zone_are_turned_into_utc(there: datetime) -> None:
    assert moment(there.isoformat()) == there.astimezone(UTC)
    assert moment(there.isoformat()).tzinfo is UTC


@pytest.mark.parametrize("value", ["yesterday", "2021-02-30", "0001-01-01T00:00:00+14:00", 44_197, None])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(Unreadable, match="not a moment"):
        moment(value)


@given(st.datetimes())
def test_moments_without_a_zone_are_in_utc(naive: datetime) -> None:
    assert moment(str(naive)) == naive.replace(tzinfo=UTC)


def test_nothing_is_written_not_even_beside_the_file(path: Path) -> None:
    write_chinook(path, "PRAGMA user_version = 1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_what_is_still_in_the_log_of_the_file_is_read_too(path: Path) -> None:
    write_chinook(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO artist VALUES (8, 'Apocalyptica')")
        assert "Apocalyptica" in [artist.name for artist in read(path).artists]


def test_a_file_whose_name_means_something_in_an_address_is_found(tmp_path: Path) -> None:
    assert len(read(write_chinook(tmp_path / "50% of #1?.sqlite")).artists) == 2


def test_a_file_that_is_not_there_is_said_to_be_missing(path: Path) -> None:
    assert fault_of(path) == "there is no such file."
    assert not path.exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert fault_of(tmp_path) == "there is no such file."


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like one" * 40, b"\xff" * 4_096])
def test_a_file_of_another_kind_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert fault_of(path).startswith("it is not a readable SQLite database")


def test_an_empty_file_is_refused(path: Path) -> None:
    path.touch()
    assert fault_of(path) == "it is no Chinook database, because it has no table artist."


def test_a_damaged_file_is_refused(path: Path) -> None:
    write_chinook(path)
    content = path.read_bytes()
    path.write_bytes(content[:4_096] + b"\xaa" * (len(content) - 4_096))
    assert fault_of(path).startswith("it is not a readable SQLite database")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DROP TABLE track", "it is no Chinook database, because it has no table track"),
        (
            "ALTER TABLE track DROP COLUMN unit_price",
            "it is no Chinook database, because track has no column unit_price",
        ),
        ("UPDATE album SET artist_id = 2 WHERE album_id = 3", "album refers to the artist 2, which is not there"),
        ("UPDATE track SET genre_id = 4", "track refers to the genre 4, which is not there"),
        ("DELETE FROM customer", "invoice refers to the customer 1, which is not there"),
        ("INSERT INTO artist VALUES (7, 'Aerosmith')", "artist has two rows with the artist_id 7"),
        (
            "INSERT INTO artist VALUES (-1, 'Aerosmith')",
            "artist has the artist_id -1, which is no whole number up to 2147483647",
        ),
        (
            "INSERT INTO artist VALUES (NULL, 'Aerosmith')",
            "artist has the artist_id NULL, which is no whole number up to 2147483647",
        ),
        ("INSERT INTO playlist_track VALUES (1, 9)", "playlist 1 holds the track 9 twice"),
        ("INSERT INTO playlist_track VALUES (1, NULL)", "playlist_track has a row without a playlist or a track"),
        (
            "INSERT INTO customer (customer_id, first_name, email) SELECT 2, 'Ann', email FROM customer",
            "two customers have the e-mail address ada@example.com",
        ),
        ("UPDATE invoice SET total = 5", "the total of invoice 5 is not the sum of its lines"),
        ("DELETE FROM invoice_line", "the total of invoice 5 is not the sum of its lines"),
        ("UPDATE artist SET name = NULL WHERE artist_id = 7", "artist 7 breaks a rule: name is required"),
        ("UPDATE artist SET name = '  '", "artist 1 breaks a rule: name needs at least 1 character"),
        (
            "UPDATE track SET milliseconds = 0, bytes = -1 WHERE track_id = 2",
            "track 2 breaks a rule: milliseconds must be at least 1; bytes must be at least 0",
        ),
        ("UPDATE track SET milliseconds = 'long'", "track 1 breaks a rule: milliseconds must be int, not str"),
        ("UPDATE track SET media_type_id = NULL", "track 1 breaks a rule: media_type is required"),
        ("UPDATE album SET artist_id = NULL", "album 1 breaks a rule: artist_id is required"),
        ("UPDATE track SET unit_price = 'free'", "in track 1, 'free' is not an amount of money"),
        (
            "UPDATE track SET unit_price = 0.995",
            "track 1 breaks a rule: unit_price may have at most 2 decimal places",
        ),
        (
            "UPDATE invoice SET invoice_date = 'yesterday'",
            "in invoice 5, 'yesterday' is not a moment such as 2021-01-31 00:00:00",
        ),
        ("UPDATE customer SET email = 'ada'", "customer 1 breaks a rule: email must be an e-mail address, such as"),
    ],
)
def test_one_sentence_says_what_is_wrong_with_a_file(path: Path, change: str, fault: str) -> None:
    assert fault_of(write_chinook(path, change)).startswith(fault)


def test_text_that_is_no_text_is_refused(path: Path) -> None:
    write_chinook(path, "UPDATE artist SET name = CAST(x'ff41' AS TEXT)")
    assert fault_of(path).startswith("it is not a readable SQLite database")


def test_the_bundled_sample_obeys_the_rules_and_arrives_whole(shared_folder: Path) -> None:
    found = read(shared_folder / "data" / "chinook.sqlite")
    counts = [len(kind) for kind in (found.artists, found.albums, found.tracks, found.playlists, found.entries)]
    assert counts == [275, 347, 3_503, 18, 8_715]
    assert [len(kind) for kind in (found.customers, found.invoices, found.lines)] == [59, 412, 2_240]
    assert sum(invoice.total for invoice in found.invoices) == Decimal("2328.60")
    for entity in found.everything:
        validate(entity)


def test_what_the_file_does_not_date_came_into_the_store_on_one_day(path: Path) -> None:
    found = read(write_chinook(path))
    assert {track.created_at for track in found.tracks} == {ENTERED}
