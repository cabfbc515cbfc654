"""What each row of a Chinook file becomes.

Identities are derived from the keys in the file, so that they keep their order and are the same each time. Employees,
and the fax numbers of customers, have no place in the store and are left out.
"""

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity
from domain.kernel.identity import derived_id
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track

ENTERED: Final = datetime(2020, 12, 31, tzinfo=UTC)
"""When everything but the invoices came into the store; the file does not say."""

KEY_BITS: Final = 31
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS: Final = (Artist, Album, Track, Playlist, PlaylistEntry, Customer, Invoice, InvoiceLine)


class Unreadable(ValueError):
    """A value has a form that stands for nothing in the store."""


def identity(kind: type[Entity], key: int) -> UUID:
    """Return the identity of the thing that has a key in the file; no two kinds share one."""
    moment = ENTERED + timedelta(milliseconds=_KINDS.index(kind))
    return derived_id((moment - _EPOCH) // timedelta(milliseconds=1), int(key))


def artist(row: sqlite3.Row) -> Artist:
    """Make an artist."""
    return Artist(id=identity(Artist, row["artist_id"]), name=row["name"], created_at=ENTERED, updated_at=ENTERED)


def album(row: sqlite3.Row) -> Album:
    """Make an album; the file knows no day of release."""
    return Album(
        id=identity(Album, row["album_id"]),
        created_at=ENTERED,
        updated_at=ENTERED,
        title=row["title"],
        artist_id=_reference(Artist, row["artist_id"]),
    )


def track(row: sqlite3.Row) -> Track:
    """Make a track."""
    return Track(
        id=identity(Track, row["track_id"]),
        created_at=ENTERED,
        updated_at=ENTERED,
        name=row["name"],
        album_id=_reference(Album, row["album_id"]),
        genre=row["genre"],
        media_type=row["media_type"],
        composer=row["composer"],
        milliseconds=row["milliseconds"],
        bytes=row["bytes"],
        unit_price=amount(row["unit_price"]),
    )


def playlist(row: sqlite3.Row) -> Playlist:
    """Make a playlist."""
    return Playlist(id=identity(Playlist, row["playlist_id"]), name=row["name"], created_at=ENTERED, updated_at=ENTERED)


def playlist_entry(row: sqlite3.Row) -> PlaylistEntry:
    """Make the place of a track on a playlist; both keys together are the key of the row."""
    key = int(row["playlist_id"]) << KEY_BITS | int(row["track_id"])
    return PlaylistEntry(
        id=identity(PlaylistEntry, key),
        playlist_id=_reference(Playlist, row["playlist_id"]),
        track_id=_reference(Track, row["track_id"]),
    )


def customer(row: sqlite3.Row) -> Customer:
    """Make a customer."""
    person = ("first_name", "last_name", "email", "company", "phone")
    place = ("address", "city", "state", "country", "postal_code")
    return Customer(
        id=identity(Customer, row["customer_id"]),
        created_at=ENTERED,
        updated_at=ENTERED,
        **{name: row[name] for name in (*person, *place)},
    )


def invoice(row: sqlite3.Row) -> Invoice:
    """Make an invoice, paid."""
    issued_at = moment(row["invoice_date"])
    place = ("billing_address", "billing_city", "billing_state", "billing_country", "billing_postal_code")
    return Invoice(
        id=identity(Invoice, row["invoice_id"]),
        created_at=issued_at,
        updated_at=issued_at,
        customer_id=_reference(Customer, row["customer_id"]),
        issued_at=issued_at,
        total=amount(row["total"]),
        **{name: row[name] for name in place},
    )


def invoice_line(row: sqlite3.Row) -> InvoiceLine:
    """Make a line of an invoice."""
    return InvoiceLine(
        id=identity(InvoiceLine, row["invoice_line_id"]),
        invoice_id=_reference(Invoice, row["invoice_id"]),
        track_id=_reference(Track, row["track_id"]),
        unit_price=amount(row["unit_price"]),
        quantity=row["quantity"],
    )


def amount(value: object) -> Decimal:
    """Read an amount of money exactly: the shortest decimal that a binary fraction stands for is the one meant."""
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise Unreadable(f"{value!r} is not an amount of money") from error


def moment(value: object) -> datetime:
    """Read a moment, which is in UTC unless it says otherwise."""
    try:
        read = datetime.fromisoformat(str(value))
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{value!r} is not a moment such as 2021-01-31 00:00:00") from error


def _reference(kind: type[Entity], key: int | None) -> Any:
    """Return the identity that a key refers to; that a reference may not be absent is for the entity to say."""
    return None if key is None else identity(kind, key)
