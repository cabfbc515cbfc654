"""Spans of OpenTelemetry, as the rest of the server opens them."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from graphql_api.observability.opentelemetry.current import CURRENT, context, innermost
from graphql_api.observability.opentelemetry.recorded import RecordedSpan, begun
from graphql_api.observability.opentelemetry.recording import Sink
from graphql_api.observability.topic import Topic
from graphql_api.observability.tracer import UNRECORDED, Span

TRACEPARENT: Final = "traceparent"

_W3C: Final = TraceContextTextMapPropagator()


class OperationTracer:
    """A Tracer whose spans hang under the one that is open; whether they are recorded was decided before."""

    shows = False

    def __init__(self, sink: Sink, arguments: Collection[str] = frozenset()) -> None:
        self.arguments = arguments
        self._sink = sink

    def span(self, topic: Topic, under: Span | None = None) -> AbstractContextManager[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        parent = context.get().get(CURRENT) if under is None or type(under) is not RecordedSpan else under
        if type(parent) is not RecordedSpan:
            return begun(self._sink, topic, innermost())
        recording = parent.recording
        number = next(recording.numbers, None) or recording.further()
        return UNRECORDED if number is None else RecordedSpan(recording, topic, number, parent.number)

    def context(self) -> str | None:
        """Give the W3C trace context of the innermost span, to be carried elsewhere."""
        return context_of(None)


class FollowingTracer(OperationTracer):
    """A Tracer whose outermost spans hang under the given context."""

    def __init__(self, sink: Sink, under: Context, arguments: Collection[str] = frozenset()) -> None:
        super().__init__(sink, arguments)
        self._under = under
        self._outside = innermost()

    def span(self, topic: Topic, under: Span | None = None) -> AbstractContextManager[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        if under is None and innermost() is self._outside:
            return begun(self._sink, topic, trace.get_current_span(self._under))
        return super().span(topic, under)

    def context(self) -> str | None:
        """Give the W3C trace context of the innermost span, to be carried elsewhere."""
        return context_of(self._under if innermost() is self._outside else None)


def context_of(outside: Context | None) -> str | None:
    """Write a context, or else that of the span that is open, as W3C does."""
    if outside is None and type(span := innermost()) is RecordedSpan:
        # The library makes ids of it, and writes what travels beside them too.
        trace_id, id = span.ids
        return f"00-{trace_id.hex()}-{id.hex()}-01"
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, outside)
    return carrier.get(TRACEPARENT)


def read_context(text: str) -> Context:
    """Read what W3C calls a traceparent; of one that is not well-formed nothing is left."""
    return _W3C.extract({TRACEPARENT: text}, Context())
