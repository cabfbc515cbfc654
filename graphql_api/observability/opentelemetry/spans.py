"""Spans of OpenTelemetry, as the rest of the server opens them."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind as Role
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from graphql_api.observability.observation import UNRECORDED, Span, SpanKind
from graphql_api.observability.opentelemetry.recorded import RecordedSpan, begun, innermost
from graphql_api.observability.opentelemetry.recording import Sink

MOST_SPANS: Final = 1_000
"""How many spans one operation may have; what it does beyond that is not recorded."""
TRACEPARENT: Final = "traceparent"

_ROLES: Final[Mapping[SpanKind, int]] = {
    **dict.fromkeys(SpanKind, Role.INTERNAL.value),
    SpanKind.STATEMENT: Role.CLIENT.value,
    SpanKind.EVENT: Role.CONSUMER.value,
}
_W3C: Final = TraceContextTextMapPropagator()


class OperationTracer:
    """A Tracer whose outermost spans hang under the given context, or under the span that is open when it is made.

    Whether they are recorded was decided by whoever made it.
    """

    shows = False

    def __init__(self, sink: Sink, under: Context | None = None, arguments: Collection[str] = frozenset()) -> None:
        self.arguments = arguments
        self._sink = sink
        self._under = under
        self._outside = innermost()
        self._parent = (self._outside or trace.INVALID_SPAN) if under is None else trace.get_current_span(under)
        self._left = MOST_SPANS

    def span(
        self, kind: SpanKind, name: str, facts: Mapping[str, Any], under: Span | None = None
    ) -> AbstractContextManager[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        self._left -= 1
        if self._left < 0:
            return UNRECORDED
        parent = under if type(under) is RecordedSpan else innermost()
        if parent is None or parent is self._outside:
            parent = self._parent
        if type(parent) is RecordedSpan:
            return RecordedSpan(parent.recording, name, _ROLES[kind], facts, parent.span_id)
        return begun(self._sink, name, _ROLES[kind], facts, parent.get_span_context())

    def context(self) -> str | None:
        """Give the W3C trace context of the innermost span, to be carried elsewhere."""
        inside = innermost() is not self._outside
        return context_of(None if inside else self._under)


def context_of(context: Context | None) -> str | None:
    """Write a context as W3C does."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, context)
    return carrier.get(TRACEPARENT)


def read_context(text: str) -> Context:
    """Read what W3C calls a traceparent; of one that is not well-formed nothing is left."""
    return _W3C.extract({TRACEPARENT: text}, Context())
