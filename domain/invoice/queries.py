"""What can be asked of invoices."""

from dataclasses import dataclass

from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetInvoice(GetEntity):
    """Ask for one invoice."""

    entity = Invoice


@dataclass(frozen=True, slots=True)
class FindInvoices(FindEntities):
    """Ask for invoices."""

    entity = Invoice


@dataclass(frozen=True, slots=True)
class AggregateInvoices(AggregateEntities):
    """Ask for groups of invoices."""

    entity = Invoice


@dataclass(frozen=True, slots=True)
class GetInvoiceLine(GetEntity):
    """Ask for one line of an invoice."""

    entity = InvoiceLine


@dataclass(frozen=True, slots=True)
class FindInvoiceLines(FindEntities):
    """Ask for lines of invoices."""

    entity = InvoiceLine


@dataclass(frozen=True, slots=True)
class AggregateInvoiceLines(AggregateEntities):
    """Ask for groups of lines of invoices."""

    entity = InvoiceLine
