"""The tables of the catalogue."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Table

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.persistence.album import albums
from graphql_api.persistence.artist import artists
from graphql_api.persistence.customer import customers
from graphql_api.persistence.invoice import invoice_lines, invoices
from graphql_api.persistence.playlist import playlist_entries, playlists
from graphql_api.persistence.track import tracks

TABLES: Final[Mapping[type[Entity], Table]] = MappingProxyType(
    {
        Artist: artists,
        Album: albums,
        Track: tracks,
        Playlist: playlists,
        PlaylistEntry: playlist_entries,
        Customer: customers,
        Invoice: invoices,
        InvoiceLine: invoice_lines,
    }
)
"""Each kind of thing with its table, after those that its rows refer to."""
