"""What happens to invoices."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaid(Event):
    """A customer bought tracks."""

    customer_id: UUID
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRefunded(Event):
    """A customer got the money back."""

    total: Decimal
