"""Invoices and their lines."""

from domain.invoice.commands import (
    PurchaseTracks,
    RefundInvoice,
    handle_purchase_tracks,
    handle_refund_invoice,
)
from domain.invoice.entity import Invoice, InvoiceLine
from domain.invoice.events import InvoicePaid, InvoiceRefunded
from domain.invoice.reports import (
    RevenueByMonth,
    TopSellingTracks,
    handle_revenue_by_month,
    handle_top_selling_tracks,
)

ENTITIES = (Invoice, InvoiceLine)
EVENTS = (InvoicePaid, InvoiceRefunded)
COMMAND_HANDLERS = {
    PurchaseTracks: handle_purchase_tracks,
    RefundInvoice: handle_refund_invoice,
}
QUERY_HANDLERS = {
    TopSellingTracks: handle_top_selling_tracks,
    RevenueByMonth: handle_revenue_by_month,
}
