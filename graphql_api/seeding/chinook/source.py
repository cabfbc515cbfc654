"""Opening a Chinook file, and checking that it is one, before anything is read from it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graphql_api.seeding.errors import SourceUnusable

COLUMNS: Final[Mapping[str, str]] = {
    "artist": "artist_id name",
    "album": "album_id title artist_id",
    "genre": "genre_id name",
    "media_type": "media_type_id name",
    "track": "track_id name album_id media_type_id genre_id composer milliseconds bytes unit_price",
    "playlist": "playlist_id name",
    "playlist_track": "playlist_id track_id",
    "customer": "customer_id first_name last_name company address city state country postal_code phone email",
    "invoice": "invoice_id customer_id invoice_date billing_address billing_city billing_state billing_country"
    " billing_postal_code total",
    "invoice_line": "invoice_line_id invoice_id track_id unit_price quantity",
}
"""The tables that are read, with the columns that they must have."""

_REFERENCES: Final = (
    ("album", "artist"),
    ("track", "album"),
    ("track", "genre"),
    ("track", "media_type"),
    ("playlist_track", "playlist"),
    ("playlist_track", "track"),
    ("invoice", "customer"),
    ("invoice_line", "invoice"),
    ("invoice_line", "track"),
)
_LARGEST_ID: Final = 2**31 - 1

# Whole cents, because the file may hold amounts as binary fractions.
_WRONG_TOTAL: Final = """
    SELECT invoice.invoice_id FROM invoice LEFT JOIN invoice_line USING (invoice_id) GROUP BY invoice.invoice_id
    HAVING CAST(ROUND(MAX(total) * 100) AS INTEGER)
        <> COALESCE(SUM(CAST(ROUND(unit_price * 100) AS INTEGER) * quantity), 0) LIMIT 1
"""


_HALF_ENTRY: Final = "SELECT 1 FROM playlist_track WHERE playlist_id IS NULL OR track_id IS NULL LIMIT 1"


@contextmanager
def open_source(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a Chinook file for reading alone. Raises SourceUnusable, also for what shows only while it is read."""
    if not path.is_file():
        raise SourceUnusable(path, "there is no such file")
    try:
        connection = sqlite3.connect(_address(path), uri=True)
        try:
            connection.row_factory = sqlite3.Row
            for fault in _faults(connection):
                raise SourceUnusable(path, fault)
            yield connection
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise SourceUnusable(path, f"it is not a readable SQLite database ({error})") from error


def _address(path: Path) -> str:
    """Name the file so that SQLite writes nothing, not even beside it, unless a log must be read too."""
    log = path.with_name(f"{path.name}-wal")
    logged = log.exists() and log.stat().st_size > 0
    return f"{path.resolve().as_uri()}?mode=ro{'' if logged else '&immutable=1'}"


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong with the file as a whole, each when what it builds on was right."""
    for table, columns in COLUMNS.items():
        there = {row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        if not there:
            yield f"it is no Chinook database, because it has no table {table}"
        if missing := sorted(set(columns.split()) - there):
            yield f"it is no Chinook database, because {table} has no column {missing[0]}"
    for message, statement in _checks():
        for row in connection.execute(statement):
            yield message.format(*row)


def _checks() -> Iterator[tuple[str, str]]:
    """Yield statements that find a broken row, each with what to say of it."""
    for table in COLUMNS:
        if table != "playlist_track":
            key = f"{table}_id"
            yield f"{table} has the {key} {{0}}, which is no whole number up to {_LARGEST_ID}", _unusable(table, key)
            yield f"{table} has two rows with the {key} {{0}}", _repeated(table, key)
    for table, target in _REFERENCES:
        yield f"{table} refers to the {target} {{0}}, which is not there", _dangling(table, target, f"{target}_id")
    yield "playlist_track has a row without a playlist or a track", _HALF_ENTRY
    yield "playlist {0} holds the track {1} twice", _repeated("playlist_track", "playlist_id, track_id")
    yield "two customers have the e-mail address {0}", _repeated("customer", "email")
    yield "the total of invoice {0} is not the sum of its lines", _WRONG_TOTAL


# The names in these statements are those above, so nothing that is read from a file becomes a part of them.


def _unusable(table: str, key: str) -> str:
    whole = f"typeof({key}) = 'integer' AND {key} BETWEEN 0 AND {_LARGEST_ID}"
    return f"SELECT quote({key}) FROM {table} WHERE NOT ({whole}) LIMIT 1"  # noqa: S608  # see above


def _dangling(table: str, target: str, key: str) -> str:
    lost = f"{table}.{key} IS NOT NULL AND {target}.{key} IS NULL"
    return f"SELECT quote({table}.{key}) FROM {table} LEFT JOIN {target} USING ({key}) WHERE {lost} LIMIT 1"  # noqa: S608  # see above


def _repeated(table: str, columns: str) -> str:
    return f"SELECT {columns} FROM {table} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"  # noqa: S608  # see above
