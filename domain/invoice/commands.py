"""Buying tracks and giving them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Protocol
from uuid import UUID

from domain.invoice.entity import (
    BillingAddress,
    BillingCity,
    BillingCountry,
    BillingPostalCode,
    BillingState,
    Invoice,
    InvoiceLine,
)
from domain.invoice.errors import InvoiceAlreadyRefunded, TracksWithdrawn
from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import all_required, required
from domain.kernel.messages import Command
from domain.kernel.permission import STAFF_ONLY, Allowed
from domain.kernel.protocols import Identifiable
from domain.kernel.result import Err, Ok, Result
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import Distinct, Length

MOST_TRACKS_ON_AN_INVOICE = 500


class PricedTrack(Identifiable, Protocol):
    """What an invoice needs to know of a track."""

    @property
    def name(self) -> str:
        """The name of the recording."""
        ...

    @property
    def unit_price(self) -> Decimal:
        """The price of one download now."""
        ...

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is no longer sold."""
        ...


CUSTOMERS = Reference[Identifiable]("Customer")
TRACKS = Reference[PricedTrack]("Track")


@dataclass(frozen=True, slots=True)
class PurchaseTracks(Command[Invoice]):
    """Buy tracks at the prices of this moment."""

    errors = (NotFound, TracksWithdrawn)
    allowed = Allowed(oneself="customer_id")

    customer_id: Annotated[UUID, Field("Who buys.", references="Customer")]
    track_ids: Annotated[
        Sequence[UUID],
        Field(
            "What is bought, each track once.",
            Length(1, MOST_TRACKS_ON_AN_INVOICE),
            Distinct(),
            references="Track",
        ),
    ]
    billing_address: BillingAddress | None = None
    billing_city: BillingCity | None = None
    billing_state: BillingState | None = None
    billing_country: BillingCountry | None = None
    billing_postal_code: BillingPostalCode | None = None


@dataclass(frozen=True, slots=True)
class RefundInvoice(Change[Invoice]):
    """Give a customer the money back."""

    errors = (NotFound, InvoiceAlreadyRefunded, Conflict)
    allowed = STAFF_ONLY

    invoice_id: Annotated[UUID, Field("The invoice to refund.", references="Invoice")]


async def handle_purchase_tracks(
    command: PurchaseTracks, work: UnitOfWork
) -> Result[Invoice, NotFound | TracksWithdrawn]:
    """Price the lines and record the invoice."""
    customer = await required(work, CUSTOMERS, command.customer_id)
    tracks = await all_required(work, TRACKS, command.track_ids)
    if withdrawn := [track for track in tracks if track.is_withdrawn]:
        return Err(TracksWithdrawn([track.id for track in withdrawn], [track.name for track in withdrawn]))
    invoice = Invoice(
        customer_id=customer.id,
        total=Decimal("0.00"),
        billing_address=command.billing_address,
        billing_city=command.billing_city,
        billing_state=command.billing_state,
        billing_country=command.billing_country,
        billing_postal_code=command.billing_postal_code,
    )
    await work.repository(Invoice).add(invoice)
    for line in invoice.bill({track.id: track.unit_price for track in tracks}):
        await work.repository(InvoiceLine).add(line)
    return Ok(invoice)


async def handle_refund_invoice(
    command: RefundInvoice, work: UnitOfWork
) -> Result[Invoice, NotFound | InvoiceAlreadyRefunded]:
    """Refund the invoice."""
    invoice = await required(work, Invoice, command.invoice_id)
    invoice.refund()
    return Ok(invoice)
