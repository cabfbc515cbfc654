"""What can be asked of sales beyond lists and groups: questions with an answer, and a handler, of their own.

Handlers read through the reader of the viewer, so that a report tells of nothing that a list would hide.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Annotated, Final
from uuid import UUID

from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from domain.kernel.aggregation import Aggregation, GroupKey, Period
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.measures import COUNT, Function, Measure
from domain.kernel.messages import Query
from domain.kernel.protocols import Identifiable
from domain.kernel.reading import Reader
from domain.kernel.records import Record
from domain.kernel.selection import Direction, Listing, Page, Selection, SortKey
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)
from domain.kernel.validation import Range

TRACKS = Reference[Identifiable]("Track")
PAID = where("status", ComparisonOperator.EQ, InvoiceStatus.PAID)
TRACK, PRICE, MONTH = GroupKey("track_id"), GroupKey("unit_price"), GroupKey("issued_at", Period.MONTH)
SOLD, REVENUE = Measure(Function.SUM, "quantity"), Measure(Function.SUM, "total")
MONTHS_IN_A_YEAR: Final = 12
NOTHING_SOLD: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class TrackSales:
    """How well a track sells."""

    track: Annotated[Record | None, Field("The track; null where the viewer may not see it.")]
    quantity: Annotated[int, Field("How many downloads were sold.", example=12)]
    revenue: Annotated[Decimal, Field("What they brought, in US dollars.", example="11.88")]


@dataclass(frozen=True, slots=True)
class TopSellingTracks(Query[Sequence[TrackSales]]):
    """The tracks that sell best, with what they brought. Invoices that were refunded do not count."""

    first: Annotated[int, Field("At most so many tracks.", Range(1, 100))] = 10
    since: Annotated[datetime | None, Field("Only what was sold at this moment or later.")] = None
    until: Annotated[datetime | None, Field("Only what was sold before this moment.")] = None
    track: Selection | None = None
    """What is wanted of each track, if anything."""


@dataclass(frozen=True, slots=True)
class MonthlyRevenue:
    """What a month brought."""

    month: Annotated[date, Field("The first day of the month, in UTC.", example="2024-02-01")]
    invoices: Annotated[int, Field("How many invoices were paid.", example=7)]
    revenue: Annotated[Decimal, Field("The sum of their totals, in US dollars.", example="37.62")]


@dataclass(frozen=True, slots=True)
class RevenueByMonth(Query[Sequence[MonthlyRevenue]]):
    """What each month brought, without gaps, oldest first. Invoices that were refunded do not count."""

    last: Annotated[int, Field("At most so many months.", Range(1, 120))] = MONTHS_IN_A_YEAR
    until: Annotated[date | None, Field("The day whose month is the last; left out, it is the newest with sales.")] = (
        None
    )


async def handle_top_selling_tracks(query: TopSellingTracks, reader: Reader) -> Sequence[TrackSales]:
    """Count what was sold of each track, and look at those that sold most."""
    sales = RelationSpecification("invoice", Quantifier.ONE, PAID & _issued(query.since, query.until))
    most = (SortKey(str(SOLD), Direction.DESCENDING),)
    best = await reader.aggregate(
        InvoiceLine, Aggregation(where=sales, keys=(TRACK,), measures=(SOLD,), order=most, limit=query.first)
    )
    sold = {group[str(TRACK)]: int(group[str(SOLD)]) for group in best}
    revenue = await _revenue(reader, sales, tuple(sold))
    tracks = await _tracks(reader, query.track, tuple(sold))
    return [TrackSales(tracks.get(id), quantity, revenue[id]) for id, quantity in sold.items()]


async def handle_revenue_by_month(query: RevenueByMonth, reader: Reader) -> Sequence[MonthlyRevenue]:
    """Sum up the months that have sales, and put those without between them."""
    newest_first = (SortKey(str(MONTH), Direction.DESCENDING),)
    found = await reader.aggregate(
        Invoice,
        Aggregation(
            where=PAID & _issued(None, _end_of_month(query.until)),
            keys=(MONTH,),
            measures=(COUNT, REVENUE),
            order=newest_first,
            limit=query.last,
        ),
    )
    months = {
        (moment := group[str(MONTH)]).date(): MonthlyRevenue(moment.date(), group[str(COUNT)], group[str(REVENUE)])
        for group in found
    }
    if not months:
        return []
    wanted = islice(_months_back(query.until or max(months), min(months)), query.last)
    return [months.get(month) or MonthlyRevenue(month, 0, NOTHING_SOLD) for month in wanted][::-1]


async def _revenue(reader: Reader, sales: Specification, ids: tuple[UUID, ...]) -> Mapping[UUID, Decimal]:
    """Sum up what tracks brought. They were sold at few prices each, so that little is left to multiply here."""
    revenue: dict[UUID, Decimal] = defaultdict(lambda: NOTHING_SOLD)
    of_these = where("track_id", ComparisonOperator.IN, ids)
    by_price = Aggregation(where=of_these & sales, keys=(TRACK, PRICE), measures=(SOLD,))
    for group in await reader.aggregate(InvoiceLine, by_price) if ids else ():
        revenue[group[str(TRACK)]] += group[str(PRICE)] * group[str(SOLD)]
    return revenue


async def _tracks(reader: Reader, selection: Selection | None, ids: tuple[UUID, ...]) -> Mapping[UUID, Record]:
    if selection is None or not ids:
        return {}
    chosen = Listing(selection, where=where("id", ComparisonOperator.IN, ids), page=Page(len(ids)))
    return {record.id: record for record in await reader.find(TRACKS, chosen)}


def _issued(since: datetime | None, until: datetime | None) -> Specification:
    after = EVERYTHING if since is None else where("issued_at", ComparisonOperator.GE, since)
    before = EVERYTHING if until is None else where("issued_at", ComparisonOperator.LT, until)
    return after & before


def _end_of_month(day: date | None) -> datetime | None:
    """Return when the month of a day is over; None for the last month that there is, and where there is no day."""
    if day is None or (day.year, day.month) == (date.max.year, date.max.month):
        return None
    year, month = divmod(_number(day) + 1, MONTHS_IN_A_YEAR)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _months_back(newest: date, oldest: date) -> Iterator[date]:
    """Yield the first days of months, backwards."""
    for number in range(_number(newest), _number(oldest) - 1, -1):
        year, month = divmod(number, MONTHS_IN_A_YEAR)
        yield date(year, month + 1, 1)


def _number(day: date) -> int:
    return day.year * MONTHS_IN_A_YEAR + day.month - 1
