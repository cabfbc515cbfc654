"""A store small enough to be answered by plain Python, with what goes wrong easily in it.

There are texts that differ in case, accents or wildcards only, equal and absent values, empty relations, things that
were deleted or withdrawn, and the largest and smallest numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import count, cycle, islice
from typing import Any, TypeVar

import pytest
from sqlalchemy import insert

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from domain.kernel.entity import Entity, describe, values_of
from domain.kernel.identity import derived_id
from domain.kernel.relations import ToOne
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.metadata import METADATA
from graphql_api.settings import Settings
from tests.support.api import Api, new_database, serving, settings_of

E = TypeVar("E", bound=Entity)
THEN = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)

NAMES = (
    "Love", "love", "LOVE", "100% Love", "100_ Love", "Löve", "LÖVE", "lo\\ve", "Σίσυφος", "ΣΊΣΥΦΟΣ", "İstanbul",
    "istanbul", "Straße", "STRASSE", "a", "A", "Z", "z", "é", "e\u0301", "😀 smile", "\uffee", "trailing ", " leading",
    "tab\tand\nline", "'; DROP TABLE tracks; --", '"quoted"', "%", "_", "\\",
)  # fmt: skip
GENRES = ("Rock", "rock", None, "Jazz", "R&B/Soul", None, "Rock")
COMPOSERS = (None, "Page, Plant", "Plant", "page, plant")
PRICES = tuple(map(Decimal, ("0.00", "0.99", "0.99", "1.00", "1.01", "1.99", "9999.99", "10000.00")))
LENGTHS = (1, 299_999, 300_000, 300_001, 2**31 - 1)
SIZES = (None, 0, 1, 2**31 - 1)


class SmallStore:
    """The entities of the store, and what their relations lead to."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.artists = [
            Artist(name=name, **self._times()) for name in ("AC/DC", "ac/dc", "Ärzte", "ärzte", "Nobody", "Nobody")
        ]
        self.albums = [
            Album(title=title, artist_id=artist.id, released_on=released_on, **self._times())
            for title, artist, released_on in zip(
                ("High", "Low", "high", "High", "Debil", "%", "No Tracks"),
                cycle(self.artists[:4]),
                (date(1980, 7, 25), None, date(1, 1, 1), date(9999, 12, 31), date(1984, 2, 29), None, None),
                strict=False,
            )
        ]
        self.tracks = list(self._make_tracks())
        self.playlists = [
            Playlist(name=name, deleted_at=deleted_at, **self._times())
            for name, deleted_at in (("Music", None), ("music", None), ("Empty", None), ("Deleted", THEN))
        ]
        self.entries = [
            PlaylistEntry(playlist_id=playlist.id, track_id=track.id, **self._id())
            for playlist, tracks in zip(
                self.playlists, (self.tracks[::3], self.tracks[::-4], (), self.tracks[:5]), strict=True
            )
            for track in tracks
        ]
        self.customers = [
            Customer(first_name=first, last_name=last, email=email, company=company, **self._times())
            for first, last, email, company in (
                ("Ada", "Lovelace", "ada@example.com", None),
                ("Grace", "Hopper", "grace@example.com", "Navy"),
                ("Idle", "Browser", "idle@example.com", None),
            )
        ]
        self.invoices = list(self._make_invoices())
        self.lines = [line for invoice in self.invoices for line in self._make_lines(invoice)]

    def all(self, entity: type[E]) -> list[E]:
        """List the entities of one kind that are there to be seen."""
        return [one for one in self.visible if type(one) is entity]

    @cached_property
    def visible(self) -> Sequence[Entity]:
        """List what is there to be seen: neither deleted, nor a part of something that is."""
        return [one for one in self.everything if self._is_visible(one)]

    def related(self, owner: Entity, name: str) -> Any:
        """Follow a relation: to one entity or None, or to a list."""
        relation = describe(type(owner)).relations[name]
        targets = [one for one in self.visible if type(one).__name__ == relation.target]
        if isinstance(relation, ToOne):
            return next((one for one in targets if one.id == getattr(owner, relation.via)), None)
        if relation.through is None:
            return [one for one in targets if getattr(one, relation.via) == owner.id]
        between = [one for one in self.visible if type(one).__name__ == relation.through]
        onward = {getattr(one, relation.onward) for one in between if getattr(one, relation.via) == owner.id}
        return [one for one in targets if one.id in onward]

    async def save(self, settings: Settings) -> None:
        """Write everything into a database that has the tables."""
        await save(settings, self.everything)

    @cached_property
    def everything(self) -> Sequence[Entity]:
        """List every entity that is stored."""
        kinds: Sequence[Sequence[Entity]] = (
            self.artists, self.albums, self.tracks, self.playlists,
            self.entries, self.customers, self.invoices, self.lines,
        )  # fmt: skip
        return [one for kind in kinds for one in kind]

    def _is_visible(self, thing: Entity) -> bool:
        if getattr(thing, "deleted_at", None) is not None:
            return False
        relations = (describe(type(thing)).relations[name] for name in type(thing).visible_with)
        wholes = {getattr(thing, relation.via) for relation in relations if isinstance(relation, ToOne)}
        return all(self._is_visible(one) for one in self.everything if one.id in wholes)

    def _make_tracks(self) -> Iterator[Track]:
        albums = [None, *self.albums[:-1]]
        columns = zip(
            NAMES, cycle(albums), cycle(GENRES), cycle(COMPOSERS), cycle(PRICES), cycle(LENGTHS), cycle(SIZES),
            strict=False,
        )  # fmt: skip
        for number, (name, album, genre, composer, unit_price, milliseconds, size) in enumerate(columns):
            yield Track(
                name=name,
                album_id=album.id if album else None,
                genre=genre,
                composer=composer,
                media_type="MPEG" if number % 2 else "AAC",
                milliseconds=milliseconds,
                bytes=size,
                unit_price=unit_price,
                withdrawn_at=THEN if number % 5 == 0 else None,
                **self._times(),
            )

    def _make_invoices(self) -> Iterator[Invoice]:
        for number in range(7):
            refunded = number % 3 == 0
            yield Invoice(
                customer_id=self.customers[number % 2].id,
                issued_at=THEN - timedelta(days=number // 2, microseconds=number % 2),
                status=InvoiceStatus.REFUNDED if refunded else InvoiceStatus.PAID,
                refunded_at=THEN if refunded else None,
                total=Decimal(number).scaleb(-2) + Decimal("0.00"),
                billing_country=None if number % 2 else "Norway",
                **self._times(),
            )

    def _make_lines(self, invoice: Invoice) -> Iterator[InvoiceLine]:
        start = next(self._numbers) % len(self.tracks)
        for track in islice(cycle(self.tracks), start, start + 3):
            yield InvoiceLine(invoice_id=invoice.id, track_id=track.id, unit_price=track.unit_price, **self._id())

    def _id(self) -> dict[str, Any]:
        # Scattered, so that the order of identities is not that of making.
        number = next(self._numbers)
        return {"id": derived_id(number * 7919 % 1009, number)}

    def _times(self) -> dict[str, Any]:
        made = self._id()
        number = made["id"].int % 10
        return {
            **made,
            "created_at": THEN + timedelta(microseconds=number),
            "updated_at": THEN + timedelta(days=number),
        }


@dataclass(frozen=True)
class Store:
    """The application, and what is in its database."""

    api: Api
    contents: SmallStore
    settings: Settings


@contextmanager
def small_store(request: pytest.FixtureRequest, **sections: Any) -> Iterator[Store]:
    """Serve the small store from a new database of the kind that a fixture has as its parameter."""
    with new_database(request) as url:
        settings, contents = settings_of(url, **sections), SmallStore()
        with serving(settings) as api:
            api.run(contents.save(settings))
            yield Store(api, contents, settings)


async def save(settings: Settings, entities: Iterable[Entity]) -> None:
    """Write entities of the bundled domain into a database that has the tables."""
    tables = {table: kind for served in MANIFEST for kind, table in served.tables.TABLES.items()}
    waiting: Sequence[Entity] = list(entities)
    engine = create_engine(settings.database)
    try:
        async with engine.begin() as connection:
            for table in METADATA.sorted_tables:
                rows = [values_of(one) for one in waiting if type(one) is tables.get(table)]
                if rows:
                    await connection.execute(insert(table), rows)
    finally:
        await engine.dispose()
