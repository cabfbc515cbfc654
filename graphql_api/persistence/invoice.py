"""Where invoices and their lines are stored."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Uuid

from domain.invoice.entity import Invoice, InvoiceLine, InvoiceStatus
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText, EnumText, ExactDecimal, UtcDateTime

invoices = Table(
    "invoices",
    METADATA,
    *identity(),
    *timestamps(),
    Column("customer_id", Uuid(), ForeignKey("customers.id"), nullable=False),
    Column("issued_at", UtcDateTime(), nullable=False),
    Column("status", EnumText(InvoiceStatus), nullable=False),
    Column("billing_address", CodePointText),
    Column("billing_city", CodePointText),
    Column("billing_state", CodePointText),
    Column("billing_country", CodePointText),
    Column("billing_postal_code", CodePointText),
    Column("total", ExactDecimal(12, 2), nullable=False),
    Column("refunded_at", UtcDateTime()),
    Index(None, "customer_id", "id"),
    Index(None, "issued_at", "id"),
)

invoice_lines = Table(
    "invoice_lines",
    METADATA,
    *identity(),
    Column("invoice_id", Uuid(), ForeignKey("invoices.id"), nullable=False),
    Column("track_id", Uuid(), ForeignKey("tracks.id"), nullable=False),
    Column("unit_price", ExactDecimal(10, 2), nullable=False),
    Column("quantity", BigInteger(), nullable=False),
    Index(None, "invoice_id", "id"),
    Index(None, "track_id", "id"),
)

TABLES = {Invoice: invoices, InvoiceLine: invoice_lines}
