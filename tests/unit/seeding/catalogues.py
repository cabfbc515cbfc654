"""Generated catalogues, sorted by kind, and what they come down to."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity, values_of
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.seeding.batch import Batch

E = TypeVar("E", bound=Entity)


class Catalogue:
    """The entities of some batches by kind, in the order in which they came."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self.everything = [entity for batch in batches for entity in batch.entities]
        self.artists = self.of(Artist)
        self.albums = self.of(Album)
        self.tracks = self.of(Track)
        self.playlists = self.of(Playlist)
        self.entries = self.of(PlaylistEntry)
        self.customers = self.of(Customer)
        self.invoices = self.of(Invoice)
        self.lines = self.of(InvoiceLine)

    def of(self, kind: type[E]) -> Sequence[E]:
        """Return the entities of one kind."""
        return [entity for entity in self.everything if isinstance(entity, kind)]


def fingerprint(entities: Iterable[Entity]) -> str:
    """Come down to one text that differs wherever any value does."""
    digest = hashlib.sha256()
    for entity in entities:
        digest.update(f"{type(entity).__name__} {values_of(entity)}\n".encode())
    return digest.hexdigest()
