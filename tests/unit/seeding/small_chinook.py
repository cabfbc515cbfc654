"""A Chinook file small enough to be written here, to be broken in every way that a file can be."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

Rows = Sequence[Sequence[object]]

TABLES: Mapping[str, str] = {
    "artist": "artist_id INTEGER, name",
    "album": "album_id INTEGER, title, artist_id INTEGER",
    "genre": "genre_id INTEGER, name",
    "media_type": "media_type_id INTEGER, name",
    "track": "track_id INTEGER, name, album_id INTEGER, media_type_id INTEGER, genre_id INTEGER, composer,"
    " milliseconds, bytes, unit_price NUMERIC(10,2)",
    "playlist": "playlist_id INTEGER, name",
    "playlist_track": "playlist_id INTEGER, track_id INTEGER",
    "employee": "employee_id INTEGER, last_name",
    "customer": "customer_id INTEGER, first_name, last_name, company, address, city, state, country, postal_code,"
    " phone, fax, email, support_rep_id",
    "invoice": "invoice_id INTEGER, customer_id INTEGER, invoice_date TIMESTAMP, billing_address, billing_city,"
    " billing_state, billing_country, billing_postal_code, total NUMERIC(10,2)",
    "invoice_line": "invoice_line_id INTEGER, invoice_id INTEGER, track_id INTEGER, unit_price NUMERIC(10,2),"
    " quantity INTEGER",
}  # fmt: skip

ADA = (1, "Ada", "Lovelace", None, "12 St James's Square", "London", None, "United Kingdom", "SW1Y 4JH", None, None)
ROWS: Mapping[str, Rows] = {
    "artist": [(1, "AC/DC"), (7, "Antônio Carlos Jobim")],
    "album": [(1, "Let There Be Rock", 1), (3, "Warner 25 Anos", 7)],
    "genre": [(1, "Rock")],
    "media_type": [(1, "MPEG audio file")],
    "track": [
        (1, "Go Down", 1, 1, 1, "AC/DC", 331_180, 10_847_611, 0.99),
        (2, "Dog Eat Dog", 1, 1, 1, None, 215_196, None, 1.99),
        (9, "Desafinado", None, 1, None, None, 185_338, 5_990_473, 1),
    ],
    "playlist": [(1, "Music"), (2, "Music")],
    "playlist_track": [(1, 9), (1, 2), (2, 9)],
    "customer": [(*ADA, "ada@example.com", 3)],
    "invoice": [(5, 1, "2021-03-04 00:00:00", None, "London", None, "United Kingdom", None, 4.97)],
    "invoice_line": [(1, 5, 2, 1.99, 2), (2, 5, 1, 0.99, 1)],
}


def write_chinook(path: Path, *statements: str) -> Path:
    """Write the file, then change it by statements."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            for row in ROWS.get(table, ()):
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # ours
        for statement in statements:
            connection.execute(statement)
    return path
