"""Invoices in the API."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.invoice import reports
from domain.invoice.commands import PurchaseTracks, RefundInvoice
from domain.invoice.entity import InvoiceStatus
from domain.invoice.events import InvoicePaid
from domain.invoice.queries import (
    AggregateInvoiceLines,
    AggregateInvoices,
    FindInvoiceLines,
    FindInvoices,
    GetInvoice,
    GetInvoiceLine,
)
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import EntityType, TimestampedType, entity_type
from graphql_api.schema.fields import listing, lookup, relation
from graphql_api.schema.following import following
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection
from graphql_api.schema.reports import report, report_row, shown

if TYPE_CHECKING:
    from graphql_api.schema.customer import Customer
    from graphql_api.schema.track import Track


@entity_type(get=GetInvoice, find=FindInvoices, aggregate=AggregateInvoices)
class Invoice(TimestampedType):
    issued_at: datetime
    status: InvoiceStatus
    billing_address: str | None
    billing_city: str | None
    billing_state: str | None
    billing_country: str | None
    billing_postal_code: str | None
    total: Decimal
    refunded_at: datetime | None
    customer: Annotated["Customer", strawberry.lazy("graphql_api.schema.customer")] | None = relation()
    lines: Connection["InvoiceLine"] = relation()


@entity_type(get=GetInvoiceLine, find=FindInvoiceLines, aggregate=AggregateInvoiceLines)
class InvoiceLine(EntityType):
    unit_price: Decimal
    quantity: int
    invoice: Invoice | None = relation()
    track: Annotated["Track", strawberry.lazy("graphql_api.schema.track")] | None = relation()


@report_row(reports.TrackSales)
class TrackSales:
    track: Annotated["Track", strawberry.lazy("graphql_api.schema.track")] | None = shown()
    quantity: int
    revenue: Decimal


@report_row(reports.MonthlyRevenue)
class MonthlyRevenue:
    month: date
    invoices: int
    revenue: Decimal


@strawberry.type
class InvoiceQuery:
    invoice: Invoice | None = lookup()
    invoices: Connection[Invoice] = listing()
    invoice_aggregates = aggregates(Invoice)
    invoice_line_aggregates = aggregates(InvoiceLine)
    top_selling_tracks: list[TrackSales] = report(reports.TopSellingTracks)
    revenue_by_month: list[MonthlyRevenue] = report(reports.RevenueByMonth)


@strawberry.type
class InvoiceMutation:
    purchase_tracks = mutation(PurchaseTracks, returns=Invoice)
    refund_invoice = mutation(RefundInvoice, returns=Invoice)


@strawberry.type
class InvoiceSubscription:
    invoice_paid = following("InvoicePaid", Invoice, (InvoicePaid,))
