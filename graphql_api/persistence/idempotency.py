"""Where it is remembered which commands were carried out."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from domain.idempotency.entity import IdempotencyRecord
from graphql_api.persistence.metadata import METADATA, identity
from graphql_api.persistence.types import CodePointText, UtcDateTime

idempotency_records = Table(
    "idempotency_records",
    METADATA,
    *identity(),
    Column("scope", CodePointText, nullable=False),
    Column("key", CodePointText, nullable=False),
    Column("fingerprint", CodePointText, nullable=False),
    Column("outcome", CodePointText),
    Column("expires_at", UtcDateTime(), nullable=False),
    UniqueConstraint("scope", "key"),
    Index(None, "expires_at"),
)

TABLES = {IdempotencyRecord: idempotency_records}
