"""Invoices and their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.invoice.errors import InvoiceAlreadyRefunded
from domain.invoice.events import InvoicePaid, InvoiceRefunded
from domain.kernel.clock import utc_now
from domain.kernel.description import Field
from domain.kernel.entity import Entity, TimestampedEntity
from domain.kernel.enumeration import DescribedEnum
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    Specification,
    where,
)
from domain.kernel.validation import DecimalPlaces, Length, Range
from domain.kernel.viewer import Viewer

Total = Annotated[
    Decimal,
    Field(
        "The sum of the lines, in US dollars.",
        Range(0, Decimal(100_000_000)),
        DecimalPlaces(2),
        example="13.86",
    ),
]
LinePrice = Annotated[
    Decimal,
    Field(
        "The price of one download when it was sold, in US dollars.",
        Range(0, Decimal(10_000)),
        DecimalPlaces(2),
        example="0.99",
    ),
]
BillingAddress = Annotated[str, Field("Street and number of the bill.", Length(1, 200), example="12 St James's Square")]
BillingCity = Annotated[str, Field("The city of the bill.", Length(1, 80), example="London")]
BillingState = Annotated[str, Field("The state or province of the bill.", Length(1, 80), example="CA")]
BillingCountry = Annotated[str, Field("The country of the bill.", Length(1, 80), example="United Kingdom")]
BillingPostalCode = Annotated[str, Field("The postal code of the bill.", Length(1, 20), example="SW1Y 4JH")]


class InvoiceStatus(DescribedEnum):
    """What became of an invoice."""

    PAID = "paid", "The customer has paid."
    REFUNDED = "refunded", "The customer got the money back."


@dataclass(slots=True, kw_only=True, eq=False)
class InvoiceLine(Entity):
    """One track on an invoice, at the price it had when it was sold."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "invoice": ToOne("Invoice", via="invoice_id", description="The invoice that the line is on."),
        "track": ToOne("Track", via="track_id", description="The track that was sold."),
    }
    visible_with: ClassVar[tuple[str, ...]] = ("invoice",)

    invoice_id: Annotated[UUID, Field("The invoice.", references="Invoice")]
    track_id: Annotated[UUID, Field("The track that was sold.", references="Track")]
    unit_price: LinePrice
    quantity: Annotated[int, Field("How many downloads were sold.", Range(1, 1_000), example=1)] = 1


@dataclass(slots=True, kw_only=True, eq=False)
class Invoice(TimestampedEntity):
    """What a customer bought at one time, and what it cost. The total is the sum of the lines."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "customer": ToOne("Customer", via="customer_id", description="Who bought."),
        "lines": ToMany("InvoiceLine", via="invoice_id", description="What was bought."),
    }

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Show staff every invoice, and customers their own."""
        if viewer.is_staff:
            return EVERYTHING
        return NOTHING if viewer.subject is None else where("customer_id", ComparisonOperator.EQ, viewer.subject)

    customer_id: Annotated[UUID, Field("Who bought.", references="Customer")]
    issued_at: Annotated[datetime, Field("When it was bought.")] = field(default_factory=utc_now)
    status: Annotated[InvoiceStatus, Field("Whether it is paid or was given back.")] = InvoiceStatus.PAID
    billing_address: BillingAddress | None = None
    billing_city: BillingCity | None = None
    billing_state: BillingState | None = None
    billing_country: BillingCountry | None = None
    billing_postal_code: BillingPostalCode | None = None
    total: Total
    refunded_at: Annotated[datetime | None, Field("When the money was given back.")] = None

    def bill(self, prices: Mapping[UUID, Decimal]) -> Sequence[InvoiceLine]:
        """Make the line of each track from its price, and take their sum as the total."""
        lines = [
            InvoiceLine(invoice_id=self.id, track_id=track_id, unit_price=unit_price)
            for track_id, unit_price in prices.items()
        ]
        self.total = sum((line.unit_price * line.quantity for line in lines), Decimal("0.00"))
        self.record(InvoicePaid(entity_id=self.id, customer_id=self.customer_id, total=self.total))
        return lines

    def refund(self) -> None:
        """Give the money back. Raises InvoiceAlreadyRefunded the second time."""
        if self.refunded_at is not None:
            raise InvoiceAlreadyRefunded(self.id, self.refunded_at)
        self.status = InvoiceStatus.REFUNDED
        self.refunded_at = utc_now()
        self.record(InvoiceRefunded(entity_id=self.id, total=self.total))
