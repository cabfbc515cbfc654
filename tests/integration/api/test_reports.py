"""Reports: what they answer for whom, what they refuse, and how many statements they take."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from domain.kernel.viewer import ANONYMOUS, Viewer
from domain.track.entity import Track
from tests.support.api import serving
from tests.support.listening import listening
from tests.support.reading import global_id
from tests.support.small_store import Store

BEST = """query($first: Int = 100, $since: DateTime, $until: DateTime) {
  topSellingTracks(first: $first, since: $since, until: $until) { quantity revenue track { id name album { title } } }
}"""
MONTHS = (
    "query($last: Int = 12, $until: Date) { revenueByMonth(last: $last, until: $until) { month invoices revenue } }"
)


def best_sellers(store: Store, customer: int | None = None) -> list[tuple[str, int, str]]:
    """The tracks that sold best, with how many and what they brought, in plain Python."""
    buyer = None if customer is None else store.contents.customers[customer].id
    paid = {
        one.id
        for one in store.contents.all(Invoice)
        if one.status is InvoiceStatus.PAID and buyer in {None, one.customer_id}
    }
    quantity: Counter[Any] = Counter()
    revenue: dict[Any, Decimal] = defaultdict(Decimal)
    for line in store.contents.all(InvoiceLine):
        if line.invoice_id in paid:
            quantity[line.track_id] += line.quantity
            revenue[line.track_id] += line.unit_price * line.quantity
    ids = {one.id: global_id(one) for one in store.contents.all(Track)}
    best = sorted(quantity, key=lambda id: (-quantity[id], id))
    return [(ids[id], quantity[id], str(revenue[id])) for id in best]


def told(rows: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(row["track"]["id"], row["quantity"], row["revenue"]) for row in rows]


def test_the_best_sellers_are_those_of_paid_invoices_with_what_was_selected_of_them(store: Store) -> None:
    rows = store.api.data(BEST)["topSellingTracks"]
    assert told(rows) == best_sellers(store)
    assert {row["track"]["name"] for row in rows} <= {track.name for track in store.contents.tracks}
    assert told(store.api.data(BEST, first=2)["topSellingTracks"]) == best_sellers(store)[:2]
    assert store.api.data(BEST, until="2024-01-01T00:00:00Z") == {"topSellingTracks": []}
    assert store.api.data("{ topSellingTracks { quantity } }")["topSellingTracks"] == [
        {"quantity": row["quantity"]} for row in rows[:10]
    ]


def test_the_thing_in_a_row_is_selected_as_anywhere(store: Store) -> None:
    document = """{ topSellingTracks(first: 1) {
      ...Row one: track { album { title tracks(first: 1) { totalCount nodes { name } } } } two: track { duration }
    } } fragment Row on TrackSales { track { __typename playlistsAggregate { count } } }"""
    (row,) = store.api.data(document)["topSellingTracks"]
    assert row["track"]["__typename"] == "Track"
    assert isinstance(row["track"]["playlistsAggregate"]["count"], int)
    assert row["two"]["duration"]


def test_a_report_takes_as_many_statements_whatever_the_number_of_rows(store: Store) -> None:
    counts = set()
    for first in (1, 5, 100):
        with listening() as statements:
            store.api.data(BEST, first=first)
        counts.add(len(statements))
    assert counts == {3 if store.settings.database.url.dialect == "postgresql" else 4}


def test_months_without_sales_are_told_between_those_with(store: Store) -> None:
    rows = store.api.data(MONTHS)["revenueByMonth"]
    paid = [one for one in store.contents.all(Invoice) if one.status is InvoiceStatus.PAID]
    assert sum(row["invoices"] for row in rows) == len(paid)
    assert sum(Decimal(row["revenue"]) for row in rows) == sum(one.total for one in paid)
    months = [date.fromisoformat(row["month"]) for row in store.api.data(MONTHS, until="2024-05-31")["revenueByMonth"]]
    assert months == [date(2024, month, 1) for month in (2, 3, 4, 5)]
    empty = store.api.data(MONTHS, until="2024-05-31", last=1)["revenueByMonth"]
    assert empty == [{"month": "2024-05-01", "invoices": 0, "revenue": "0.00"}]
    assert store.api.data(MONTHS, until="2024-01-31")["revenueByMonth"] == []
    assert len(store.api.data(MONTHS, until="9999-12-31", last=120)["revenueByMonth"]) == 120
    assert store.api.data(MONTHS, until="0001-01-01")["revenueByMonth"] == []


def test_a_report_tells_of_nothing_that_its_viewer_may_not_see(store: Store) -> None:
    with serving(store.settings, ANONYMOUS) as api:
        assert api.data(BEST) == {"topSellingTracks": []}
        assert api.data(MONTHS) == {"revenueByMonth": []}
    with serving(store.settings, Viewer(subject=store.contents.customers[0].id)) as api:
        assert told(api.data(BEST)["topSellingTracks"]) == best_sellers(store, customer=0)


FAULTS = [
    ("{ topSellingTracks(first: 0) { quantity } }", "first", "must be at least 1"),
    ("{ topSellingTracks(first: 101) { quantity } }", "first", "must be at most 100"),
    ('{ topSellingTracks(since: "2024-01-01T00:00:00") { quantity } }', "since", "time zone"),
    ("{ revenueByMonth(last: -1) { revenue } }", "last", "must be at least 1"),
    ("{ topSellingTracks { track { album { tracks(where: {}) { totalCount } } } } }", "track.album.tracks.where",
     "says nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "place", "text"), FAULTS)
def test_a_bad_argument_is_an_error_at_its_place_before_anything_is_read(
    store: Store, document: str, place: str, text: str
) -> None:
    with listening() as statements:
        fault = store.api.fault(document)
    assert (fault.code, fault.argument) == ("BAD_USER_INPUT", place)
    assert text in fault.message
    assert statements == []
