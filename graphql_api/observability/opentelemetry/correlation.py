"""The span that is open, told by its ids beside measurements and records of the log."""

from time import time_ns
from typing import TypeAlias, cast

from opentelemetry import trace
from structlog.typing import EventDict

from graphql_api.observability.opentelemetry.current import CURRENT, context, innermost
from graphql_api.observability.opentelemetry.recorded import Ids, RecordedSpan
from graphql_api.observability.tracer import Span

Seen: TypeAlias = tuple[int, Ids]
"""When something was measured, in nanoseconds, and the span that is about it."""


def seen_in(operation: Span | None) -> Seen | None:
    """Say that the span of an operation, or else the one that is open, is there now, if it is recorded here."""
    if type(operation) is not RecordedSpan:
        operation = innermost()  # type: ignore[assignment]  # it is looked at below
        if type(operation) is not RecordedSpan:
            return None
    return time_ns(), operation.ids


def correlate(record: EventDict) -> None:
    """Write the ids of the span that is open into a record of the log."""
    span = context.get().get(CURRENT)
    if span is None:
        return
    if type(span) is RecordedSpan:
        record["trace_id"], record["span_id"] = map(bytes.hex, span.ids)
    else:
        ids = cast("trace.Span", span).get_span_context()
        if ids.is_valid:
            record["trace_id"], record["span_id"] = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"
