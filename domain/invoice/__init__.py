"""Invoices and their lines."""

from domain.invoice.commands import (
    PurchaseTracks,
    RefundInvoice,
    handle_purchase_tracks,
    handle_refund_invoice,
)
from domain.invoice.entity import Invoice, InvoiceLine

ENTITIES = (Invoice, InvoiceLine)
COMMAND_HANDLERS = {
    PurchaseTracks: handle_purchase_tracks,
    RefundInvoice: handle_refund_invoice,
}
