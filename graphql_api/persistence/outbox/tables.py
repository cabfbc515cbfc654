"""Where events wait, and how far each publisher has come."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table, UniqueConstraint, Uuid, text

from domain.kernel.messages import Event
from graphql_api.observability.observation import trace_context
from graphql_api.persistence.metadata import METADATA
from graphql_api.persistence.outbox.codec import encode
from graphql_api.persistence.types import CodePointText, UtcDateTime

# SQLite counts up only what it calls INTEGER.
Counter = BigInteger().with_variant(Integer(), "sqlite")

outbox = Table(
    "outbox",
    METADATA,
    # Given out within the transaction of the change, after its rows were locked: so it keeps the order of each entity.
    Column("number", Counter, primary_key=True, autoincrement=True),
    Column("event_id", Uuid(), nullable=False),
    Column("entity_id", Uuid(), nullable=False),
    Column("type", CodePointText, nullable=False),
    Column("payload", CodePointText, nullable=False),
    Column("occurred_at", UtcDateTime(), nullable=False),
    # Given by the one who leads, once the change is committed.
    Column("position", BigInteger()),
    Column("attempts", Integer(), nullable=False, server_default="0"),
    Column("due_at", UtcDateTime()),
    Column("sent_at", UtcDateTime()),
    Column("dead_at", UtcDateTime()),
    Column("error", CodePointText),
    # The W3C trace context of what it happened in, where that is recorded.
    Column("trace", CodePointText),
    UniqueConstraint("event_id"),
    UniqueConstraint("position"),
    Index(
        "outbox_fresh_idx", "number", sqlite_where=text("position IS NULL"), postgresql_where=text("position IS NULL")
    ),
    Index(
        "outbox_unsent_idx",
        "entity_id",
        "position",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
    Index("outbox_sent_idx", "sent_at"),
)
"""Each event: fresh without a `position`; then in the log; done with `sent_at`, given up with `dead_at`."""

outbox_publishers = Table(
    "outbox_publishers",
    METADATA,
    Column("name", CodePointText, primary_key=True),
    Column("position", BigInteger(), nullable=False),
)
"""The last position that each publisher took."""


COLUMNS_OF_EVENTS: Final = ("event_id", "entity_id", "type", "payload", "occurred_at", "trace")
"""What is stored of an event with the change behind it."""


def values_of(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    """Give the values of these columns, of events in their order."""
    trace = trace_context()
    return [
        (event.event_id, event.entity_id, type(event).__name__, encode(event), event.occurred_at, trace)
        for event in events
    ]


def rows_of(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Make the rows of events."""
    return [dict(zip(COLUMNS_OF_EVENTS, values, strict=True)) for values in values_of(events)]
