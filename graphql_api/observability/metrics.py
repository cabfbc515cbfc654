"""All that is measured, by the names that collectors know it by; docs/observability.md shows the same table."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

Reading: TypeAlias = tuple[float, tuple[str, ...]]
"""A number, and the values of the attributes that it has."""
Read: TypeAlias = Callable[[], Iterable[Reading]]
"""Gives the numbers of a metric as they are now; any thread may ask."""


class Kind(StrEnum):
    """What becomes of the numbers of a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """Something that is measured."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    attributes: tuple[str, ...] = ()


OPERATION_DURATION: Final = Metric(
    "graphql.server.operation.duration",
    Kind.HISTOGRAM,
    "s",
    "Time from a request to its answer; subscriptions have none.",
    ("graphql.operation.type", "outcome"),
)
RESOLVER_DURATION: Final = Metric(
    "graphql.server.resolver.duration",
    Kind.HISTOGRAM,
    "s",
    "Time that resolvers of root fields took, and the reading of relations for all parents at once.",
    ("graphql.field.parent_type", "graphql.field.name"),
)
STATEMENT_DURATION: Final = Metric(
    "db.client.operation.duration",
    Kind.HISTOGRAM,
    "s",
    "Time that the statements of operations took, with waiting for a connection.",
    ("db.operation.name", "db.collection.name"),
)
CONNECTION_WAIT: Final = Metric(
    "db.client.connection.wait_time",
    Kind.HISTOGRAM,
    "s",
    "Time that statements waited for a connection, of those that found none free.",
)
EVENT_LOOP_LAG: Final = Metric(
    "graphql.server.event_loop.lag",
    Kind.HISTOGRAM,
    "s",
    "How late the event loop was, asked twice a second: what it was busy with holds up everything else.",
)
ROWS: Final = Metric("graphql.server.rows", Kind.COUNTER, "{row}", "Rows that were read or changed.")
ERRORS: Final = Metric(
    "graphql.server.errors", Kind.COUNTER, "{error}", "Errors in answers, by their codes.", ("error.type",)
)
LIMITS: Final = Metric(
    "graphql.server.limits.hit",
    Kind.COUNTER,
    "{hit}",
    "What was refused or given up for its size or its time, by the setting that limits it.",
    ("limit",),
)
UNPLANNED: Final = Metric(
    "graphql.server.operations.unplanned",
    Kind.COUNTER,
    "{occasion}",
    "Operations, or mutations of one, that took the long way: for want of a plan (`none`), or as theirs gave up.",
    ("reason",),
)
CACHE: Final = Metric(
    "graphql.server.cache.occasions",
    Kind.COUNTER,
    "{occasion}",
    "Hits, misses, loads and the like of kept answers.",
    ("occasion",),
)
HEALTH_CHANGES: Final = Metric(
    "graphql.server.health.changes",
    Kind.COUNTER,
    "{change}",
    "Changes of health, by what the server became.",
    ("status",),
)
READY: Final = Metric("graphql.server.ready", Kind.GAUGE, "1", "Whether the last check found the server ready.")
ACTIVE_REQUESTS: Final = Metric(
    "http.server.active_requests",
    Kind.GAUGE,
    "{request}",
    "Requests to the endpoint under way, event streams included.",
)
WEBSOCKETS: Final = Metric("graphql.server.websockets", Kind.GAUGE, "{connection}", "WebSockets that are open.")
SUBSCRIPTIONS: Final = Metric(
    "graphql.server.subscriptions", Kind.GAUGE, "{subscription}", "Subscriptions that are open, on any transport."
)
CONNECTIONS: Final = Metric(
    "db.client.connection.count",
    Kind.GAUGE,
    "{connection}",
    "Connections to the database, for requests and for moving events, used and idle; on SQLite threads that read.",
    ("db.client.connection.pool.name", "db.client.connection.state"),
)
MOST_CONNECTIONS: Final = Metric(
    "db.client.connection.max",
    Kind.GAUGE,
    "{connection}",
    "How many connections there may be.",
    ("db.client.connection.pool.name",),
)
WAITING: Final = Metric(
    "db.client.connection.pending_requests",
    Kind.GAUGE,
    "{request}",
    "Statements that wait for a connection.",
    ("db.client.connection.pool.name",),
)
DOCUMENTS: Final = Metric(
    "graphql.server.documents",
    Kind.COUNTER,
    "{document}",
    "Documents that were asked for by their ids, by where they were found; and failures of Redis with them (`error`).",
    ("found",),
)
EVENTS_WAITING: Final = Metric(
    "graphql.server.outbox.waiting", Kind.GAUGE, "{event}", "Events that are stored and not delivered yet."
)
EVENTS_GIVEN_UP: Final = Metric(
    "graphql.server.outbox.given_up", Kind.GAUGE, "{event}", "Events whose delivery was given up."
)
OLDEST_EVENT: Final = Metric(
    "graphql.server.outbox.oldest", Kind.GAUGE, "s", "The age of the oldest event that is not delivered; 0 without one."
)
SPANS: Final = Metric(
    "graphql.server.spans",
    Kind.COUNTER,
    "{span}",
    "Spans that were recorded to be sent: sent, failed, or dropped since too many waited already.",
    ("outcome",),
)

METRICS: Final = (
    OPERATION_DURATION,
    RESOLVER_DURATION,
    ERRORS,
    LIMITS,
    UNPLANNED,
    ACTIVE_REQUESTS,
    WEBSOCKETS,
    SUBSCRIPTIONS,
    EVENT_LOOP_LAG,
    STATEMENT_DURATION,
    ROWS,
    CONNECTION_WAIT,
    CONNECTIONS,
    MOST_CONNECTIONS,
    WAITING,
    CACHE,
    DOCUMENTS,
    EVENTS_WAITING,
    OLDEST_EVENT,
    EVENTS_GIVEN_UP,
    READY,
    HEALTH_CHANGES,
    SPANS,
)
