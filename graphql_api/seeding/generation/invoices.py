"""What customers bought over the years."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from domain.track.entity import Track
from graphql_api.seeding.generation.calendar import CLOSING, FIRST_SALE, moment_between
from graphql_api.seeding.generation.chance import Chance, Weighted
from graphql_api.seeding.generation.supplies import Supplies

_LONGEST_BEFORE_REFUND: Final = timedelta(days=14)
_REFUNDED: Final = 0.03
_FROM_FAVOURITES: Final = 0.75
_VISITS_PER_LINE: Final = 4
_LINES: Final = Weighted(
    [(1, 13), (2, 14), (3, 11), (4, 12), (5, 9), (6, 10), (7, 6), (8, 6), (9, 6), (10, 4), (12, 4), (14, 5)]
)


@dataclass(frozen=True, slots=True)
class Shelves:
    """The tracks of each album, by genre and all together."""

    albums: Sequence[Sequence[Track]]
    by_genre: Mapping[str, Sequence[Sequence[Track]]]


@dataclass(frozen=True, slots=True)
class _Buyer:
    customer: Customer
    favourites: Sequence[Sequence[Track]]


def make_invoices(
    count: int, customers: Sequence[Customer], shelves: Shelves, supplies: Supplies
) -> Iterator[tuple[Invoice, list[InvoiceLine]]]:
    """Make invoices, oldest first; every customer has one before any has many."""
    if not customers:
        return
    chance = supplies.chance
    buyers = [_Buyer(customer, _favourites(shelves, chance)) for customer in customers]
    eagerness = Weighted([(buyer, 0.3 + 2 * chance.fraction()) for buyer in buyers])
    visits = [buyers[n] if n < len(buyers) else chance.weighted(eagerness) for n in range(count)]
    moments = [(_visit(buyer.customer, chance), buyer) for buyer in visits]
    for issued_at, buyer in sorted(moments, key=lambda visit: visit[0]):
        if basket := _basket(buyer, issued_at, shelves, chance):
            yield _bill(buyer.customer, issued_at, basket, supplies)


def _favourites(shelves: Shelves, chance: Chance) -> Sequence[Sequence[Track]]:
    genres = chance.some(sorted(shelves.by_genre), 3)
    return [album for genre in genres for album in shelves.by_genre[genre]]


def _visit(customer: Customer, chance: Chance) -> datetime:
    return moment_between(max(customer.created_at, FIRST_SALE), CLOSING - _LONGEST_BEFORE_REFUND, chance)


def _basket(buyer: _Buyer, moment: datetime, shelves: Shelves, chance: Chance) -> Mapping[UUID, Track]:
    """Choose tracks that are sold at the moment, a few of an album at a time; none where luck is out."""
    wanted = chance.weighted(_LINES)
    basket: dict[UUID, Track] = {}
    for _ in range(wanted * _VISITS_PER_LINE):
        albums = buyer.favourites if buyer.favourites and chance.happens(_FROM_FAVOURITES) else shelves.albums
        for track in chance.some(chance.pick(albums), min(chance.between(1, 4), wanted - len(basket))):
            if is_sold(track, moment):
                basket[track.id] = track
        if len(basket) == wanted:
            break
    return basket


def is_sold(track: Track, moment: datetime) -> bool:
    """Tell whether a track could be bought at a moment."""
    return track.created_at <= moment and (track.withdrawn_at is None or moment < track.withdrawn_at)


def _bill(
    customer: Customer, issued_at: datetime, basket: Mapping[UUID, Track], supplies: Supplies
) -> tuple[Invoice, list[InvoiceLine]]:
    chance = supplies.chance
    refunded_at = None
    if chance.happens(_REFUNDED):
        refunded_at = moment_between(issued_at + timedelta(hours=1), issued_at + _LONGEST_BEFORE_REFUND, chance)
    invoice = Invoice(
        id=supplies.numbering.id(Invoice, issued_at),
        version=1 if refunded_at is None else 2,
        created_at=issued_at,
        updated_at=refunded_at or issued_at,
        customer_id=customer.id,
        issued_at=issued_at,
        status=InvoiceStatus.PAID if refunded_at is None else InvoiceStatus.REFUNDED,
        billing_address=customer.address,
        billing_city=customer.city,
        billing_state=customer.state,
        billing_country=customer.country,
        billing_postal_code=customer.postal_code,
        total=sum((track.unit_price for track in basket.values()), Decimal("0.00")),
        refunded_at=refunded_at,
    )
    return invoice, [
        InvoiceLine(
            id=supplies.numbering.id(InvoiceLine, issued_at),
            invoice_id=invoice.id,
            track_id=track.id,
            unit_price=track.unit_price,
            quantity=1,
        )
        for track in basket.values()
    ]
