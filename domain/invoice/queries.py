"""What can be asked of invoices."""

from dataclasses import dataclass

from domain.invoice.entity import Invoice
from domain.kernel.reading import FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetInvoice(GetEntity):
    """Ask for one invoice."""

    entity = Invoice


@dataclass(frozen=True, slots=True)
class FindInvoices(FindEntities):
    """Ask for invoices."""

    entity = Invoice
