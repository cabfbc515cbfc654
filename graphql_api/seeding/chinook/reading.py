"""From the rows of a Chinook file to entities in batches."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity
from domain.kernel.errors import ValidationFailed
from domain.kernel.validation import validate
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.seeding.batch import Batch
from graphql_api.seeding.chinook import rows
from graphql_api.seeding.chinook.source import open_source
from graphql_api.seeding.errors import SourceUnusable

BATCH: Final = 1_000

_TRACKS: Final = """
    SELECT track.*, genre.name AS genre, media_type.name AS media_type
    FROM track LEFT JOIN genre USING (genre_id) LEFT JOIN media_type USING (media_type_id) ORDER BY track_id
"""


@dataclass(frozen=True, slots=True)
class _Source:
    """A kind of thing, its table in the file, and how a row of the statement becomes one."""

    kind: type[Entity]
    table: str
    make: Callable[[sqlite3.Row], Entity]
    statement: str


_SOURCES: Final = (
    _Source(Artist, "artist", rows.artist, "SELECT * FROM artist ORDER BY artist_id"),
    _Source(Album, "album", rows.album, "SELECT * FROM album ORDER BY album_id"),
    _Source(Track, "track", rows.track, _TRACKS),
    _Source(Playlist, "playlist", rows.playlist, "SELECT * FROM playlist ORDER BY playlist_id"),
    _Source(
        PlaylistEntry,
        "playlist_track",
        rows.playlist_entry,
        "SELECT * FROM playlist_track ORDER BY playlist_id, track_id",
    ),
    _Source(Customer, "customer", rows.customer, "SELECT * FROM customer ORDER BY customer_id"),
    _Source(Invoice, "invoice", rows.invoice, "SELECT * FROM invoice ORDER BY invoice_id"),
    _Source(InvoiceLine, "invoice_line", rows.invoice_line, "SELECT * FROM invoice_line ORDER BY invoice_line_id"),
)


@contextmanager
def read_chinook(path: Path) -> Iterator[Iterator[Batch]]:
    """Open a Chinook file and give its contents in batches. Raises SourceUnusable, also while they are taken."""
    with open_source(path) as connection:
        yield _batches(path, connection)


def _batches(path: Path, connection: sqlite3.Connection) -> Iterator[Batch]:
    everything = sum(_count(connection, source.table) for source in _SOURCES)
    done = 0
    for source in _SOURCES:
        cursor = connection.execute(source.statement)
        while taken := cursor.fetchmany(BATCH):
            done += len(taken)
            yield Batch(source.kind, [_entity(path, source, row) for row in taken], done / everything)


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # names are ours
    return int(count)


def _entity(path: Path, source: _Source, row: sqlite3.Row) -> Entity:
    """Make the entity of a row, and check it by its own rules."""
    try:
        entity = source.make(row)
        validate(entity)
    except rows.Unreadable as error:
        raise SourceUnusable(path, f"in {source.table} {row[0]}, {error}") from error
    except ValidationFailed as error:
        broken = "; ".join(f"{one.field} {one.message}" for one in error.violations)
        raise SourceUnusable(path, f"{source.table} {row[0]} breaks a rule: {broken}") from error
    return entity
