from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer.entity import Customer
from domain.invoice.commands import PurchaseTracks, RefundInvoice
from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from domain.invoice.errors import InvoiceAlreadyRefunded, TracksWithdrawn
from domain.invoice.events import InvoicePaid, InvoiceRefunded
from domain.kernel.clock import utc_now
from domain.kernel.errors import NotFound
from domain.kernel.identity import new_id
from domain.track.commands import UpdateTrack
from domain.track.entity import Track
from domain.track.selling import ReinstateTrack, WithdrawTrack
from tests.unit.domain.shop import Shop, a_customer, a_track

BILLING = {
    "billing_address": "12 St James's Square",
    "billing_city": "London",
    "billing_state": "England",
    "billing_country": "United Kingdom",
    "billing_postal_code": "SW1Y 4JH",
}


@pytest.fixture
async def customer(shop: Shop) -> Customer:
    (customer,) = await shop.stock(a_customer())
    return customer


@pytest.fixture
async def tracks(shop: Shop) -> Sequence[Track]:
    return await shop.stock(a_track("One", "0.99"), a_track("Two", "1.29"), a_track("Free", "0"))


async def lines(shop: Shop, invoice: Invoice) -> dict[UUID, InvoiceLine]:
    return {line.track_id: line for line in await shop.find(InvoiceLine) if line.invoice_id == invoice.id}


async def test_each_track_becomes_a_line_at_its_price_and_their_sum_the_total(
    shop: Shop, customer: Customer, tracks: Sequence[Track]
) -> None:
    bought = await shop.do(PurchaseTracks(customer.id, [track.id for track in tracks]))

    invoice = await shop.get(Invoice, bought.id)
    by_track = await lines(shop, invoice)
    assert {id: line.unit_price for id, line in by_track.items()} == {track.id: track.unit_price for track in tracks}
    assert {line.quantity for line in by_track.values()} == {1}
    assert (invoice.customer_id, invoice.total, invoice.status) == (customer.id, Decimal("2.28"), InvoiceStatus.PAID)
    assert invoice.refunded_at is None
    assert invoice.issued_at <= utc_now()


async def test_a_purchase_is_one_event_with_its_total(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    invoice = await shop.do(PurchaseTracks(customer.id, [tracks[1].id]))

    (event,) = shop.published
    assert isinstance(event, InvoicePaid)
    assert (event.entity_id, event.customer_id, event.total) == (invoice.id, customer.id, Decimal("1.29"))


async def test_the_address_of_the_bill_is_kept(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    bought = await shop.do(PurchaseTracks(customer.id, [tracks[0].id], **BILLING))

    invoice = await shop.get(Invoice, bought.id)
    assert {name: getattr(invoice, name) for name in BILLING} == BILLING


async def test_free_tracks_cost_nothing(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    invoice = await shop.do(PurchaseTracks(customer.id, [tracks[2].id]))

    assert str(invoice.total) == "0.00"


async def test_a_later_price_does_not_touch_what_was_sold(
    shop: Shop, customer: Customer, tracks: Sequence[Track]
) -> None:
    one = tracks[0]
    bought = await shop.do(PurchaseTracks(customer.id, [one.id]))

    await shop.do(UpdateTrack(one.id, unit_price=Decimal("9.99")))
    await shop.do(WithdrawTrack(one.id))

    assert (await lines(shop, bought))[one.id].unit_price == Decimal("0.99")
    assert (await shop.get(Invoice, bought.id)).total == Decimal("0.99")


async def test_a_customer_may_buy_the_same_track_again(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    first = await shop.do(PurchaseTracks(customer.id, [tracks[0].id]))
    second = await shop.do(PurchaseTracks(customer.id, [tracks[0].id]))

    assert first != second
    assert len(await shop.find(InvoiceLine)) == 2


async def test_withdrawn_tracks_are_refused_and_every_one_is_named(
    shop: Shop, customer: Customer, tracks: Sequence[Track]
) -> None:
    one, two, free = tracks
    await shop.do(WithdrawTrack(one.id))
    await shop.do(WithdrawTrack(free.id))

    error = await shop.refusal(PurchaseTracks(customer.id, [free.id, two.id, one.id]))

    assert isinstance(error, TracksWithdrawn)
    assert (error.track_ids, error.names) == ([free.id, one.id], ["Free", "One"])
    assert error.message == "No longer sold: Free, One."


async def test_a_reinstated_track_can_be_bought(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    await shop.do(WithdrawTrack(tracks[0].id))
    await shop.do(ReinstateTrack(tracks[0].id))

    assert (await shop.do(PurchaseTracks(customer.id, [tracks[0].id]))).total == Decimal("0.99")


async def test_every_unknown_track_is_named(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    missing = [new_id(), new_id()]

    error = await shop.refusal(PurchaseTracks(customer.id, [missing[0], tracks[0].id, missing[1]]))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Track", missing)


async def test_an_unknown_customer_is_not_found(shop: Shop, tracks: Sequence[Track]) -> None:
    missing = new_id()

    error = await shop.refusal(PurchaseTracks(missing, [tracks[0].id]))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Customer", [missing])


async def test_a_purchase_names_between_one_and_500_tracks_each_once(shop: Shop, customer: Customer) -> None:
    id = new_id()

    assert await shop.broken_rules(PurchaseTracks(customer.id, [])) == {("track_ids", "TOO_SHORT")}
    assert await shop.broken_rules(PurchaseTracks(customer.id, [id, id])) == {("track_ids", "REPEATED")}
    assert await shop.broken_rules(PurchaseTracks(customer.id, [new_id() for _ in range(501)])) == {
        ("track_ids", "TOO_LONG")
    }


async def test_the_dearest_and_longest_purchase_is_possible(shop: Shop, customer: Customer) -> None:
    dear = await shop.stock(*(a_track(str(number), "10000") for number in range(500)))

    assert (await shop.do(PurchaseTracks(customer.id, [track.id for track in dear]))).total == 5_000_000


async def test_a_refunded_invoice_knows_when_and_keeps_its_total(
    shop: Shop, customer: Customer, tracks: Sequence[Track]
) -> None:
    bought = await shop.do(PurchaseTracks(customer.id, [tracks[0].id]))

    await shop.do(RefundInvoice(bought.id))

    invoice = await shop.get(Invoice, bought.id)
    assert (invoice.status, invoice.total) == (InvoiceStatus.REFUNDED, Decimal("0.99"))
    assert invoice.refunded_at is not None
    assert invoice.issued_at <= invoice.refunded_at <= utc_now()
    last = shop.published[-1]
    assert isinstance(last, InvoiceRefunded)
    assert (last.entity_id, last.total) == (invoice.id, Decimal("0.99"))


async def test_money_is_given_back_once(shop: Shop, customer: Customer, tracks: Sequence[Track]) -> None:
    bought = await shop.do(PurchaseTracks(customer.id, [tracks[0].id]))
    refunded = await shop.do(RefundInvoice(bought.id))

    error = await shop.refusal(RefundInvoice(bought.id))

    assert isinstance(error, InvoiceAlreadyRefunded)
    assert (error.invoice_id, error.refunded_at) == (bought.id, refunded.refunded_at)
    assert error.message == f"The invoice was refunded on {error.refunded_at.date()}."


async def test_an_unknown_invoice_is_not_found(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(RefundInvoice(missing))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Invoice", [missing])


@given(st.lists(st.decimals(0, 10_000, places=2), min_size=1, max_size=6))
async def test_the_total_is_the_exact_sum_of_the_prices(prices: list[Decimal]) -> None:
    shop = Shop()
    (customer,) = await shop.stock(a_customer())
    tracks = await shop.stock(*(a_track(price=str(price)) for price in prices))

    invoice = await shop.do(PurchaseTracks(customer.id, [track.id for track in tracks]))

    in_cents = sum(int(price * 100) for price in prices)
    assert invoice.total * 100 == in_cents
    assert [line.unit_price for line in (await lines(shop, invoice)).values()] == prices
