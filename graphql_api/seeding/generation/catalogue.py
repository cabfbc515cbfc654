"""A whole catalogue, block by block: each about as large as Chinook, and complete in itself."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.seeding.batch import Batch
from graphql_api.seeding.generation.chance import Chance
from graphql_api.seeding.generation.customers import make_customers
from graphql_api.seeding.generation.invoices import Shelves, make_invoices
from graphql_api.seeding.generation.playlists import Stocked, make_playlists
from graphql_api.seeding.generation.stock import Stock, make_stock
from graphql_api.seeding.generation.supplies import Numbering, Supplies
from graphql_api.seeding.generation.vocabulary import load_vocabulary

ARTISTS: Final = 275
PLAYLISTS: Final = 18
CUSTOMERS: Final = 60
INVOICES: Final = 400
KINDS: Final = (Artist, Album, Track, Playlist, PlaylistEntry, Customer, Invoice, InvoiceLine)
"""What is made, each kind after those that it refers to."""


def generate(scale: int = 1, seed: int = 0) -> Iterator[Batch]:
    """Yield a catalogue of `scale` blocks, the same for the same arguments; a larger one starts with the smaller.

    Raises ValueError for a scale below 1.
    """
    if scale < 1:
        raise ValueError(f"a catalogue has a scale of 1 or more, not {scale}")
    return _blocks(scale, seed)


def _blocks(scale: int, seed: int) -> Iterator[Batch]:
    chance = Chance(str(seed))
    supplies = Supplies(load_vocabulary(), chance, Numbering(KINDS))
    for block in range(scale):
        for place, (kind, entities) in enumerate(_block(block, supplies).items(), start=1):
            yield Batch(kind, entities, (block + place / len(KINDS)) / scale)


def _block(block: int, supplies: Supplies) -> dict[type[Entity], Sequence[Entity]]:
    """Make one block; its customers buy and its playlists hold what the block has."""
    stocks = [make_stock(supplies) for _ in range(ARTISTS)]
    albums = [(album, tracks) for stock in stocks for album, _, tracks in stock.albums]
    playlists = list(make_playlists(PLAYLISTS, list(_labelled(stocks)), supplies))
    customers = list(make_customers(block * CUSTOMERS, CUSTOMERS, supplies))
    invoices = list(make_invoices(INVOICES, customers, _shelves([tracks for _, tracks in albums]), supplies))
    return {
        Artist: [stock.artist for stock in stocks],
        Album: [album for album, _ in albums],
        Track: [track for _, tracks in albums for track in tracks],
        Playlist: [playlist for playlist, _ in playlists],
        PlaylistEntry: [entry for _, entries in playlists for entry in entries],
        Customer: customers,
        Invoice: [invoice for invoice, _ in invoices],
        InvoiceLine: [line for _, lines in invoices for line in lines],
    }


def _labelled(stocks: Sequence[Stock]) -> Iterator[Stocked]:
    for stock in stocks:
        for _, year, tracks in stock.albums:
            yield from (Stocked(track, stock.artist.name, year) for track in tracks)


def _shelves(albums: Sequence[Sequence[Track]]) -> Shelves:
    by_genre = defaultdict(list)
    for tracks in albums:
        by_genre[tracks[0].genre or ""].append(tracks)
    return Shelves(albums, by_genre)
