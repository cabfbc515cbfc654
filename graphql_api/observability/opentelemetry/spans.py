"""Spans of OpenTelemetry, as the rest of the server opens them."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from contextvars import Token
from types import TracebackType
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import SpanKind as Role
from opentelemetry.trace import StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from graphql_api.observability.observation import UNRECORDED, Span, SpanKind
from graphql_api.observability.redaction import redact

MOST_SPANS: Final = 1_000
"""How many spans one operation may have; what it does beyond that is not recorded."""
TRACEPARENT: Final = "traceparent"

_ROLES: Final = {SpanKind.STATEMENT: Role.CLIENT, SpanKind.EVENT: Role.CONSUMER}
_W3C: Final = TraceContextTextMapPropagator()


class OperationTracer:
    """A Tracer whose outermost spans hang under the given context, or under the span that is open when it is made."""

    def __init__(
        self, tracer: trace.Tracer, under: Context | None = None, arguments: Collection[str] = frozenset()
    ) -> None:
        self.arguments = arguments
        self._tracer = tracer
        self._under = under
        self._outside = trace.get_current_span()
        self._left = MOST_SPANS

    def span(
        self, kind: SpanKind, name: str, facts: Mapping[str, Any], under: Span | None = None
    ) -> AbstractContextManager[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        self._left -= 1
        if self._left < 0:
            return UNRECORDED
        context = self._under if trace.get_current_span() is self._outside else None
        if isinstance(under, _OpenSpan):
            context = trace.set_span_in_context(under.span)
        return _OpenSpan(self._tracer.start_span(name, context, _ROLES.get(kind, Role.INTERNAL), facts))

    def context(self) -> str | None:
        """Give the W3C trace context of the innermost span, to be carried elsewhere."""
        inside = trace.get_current_span() is not self._outside
        return context_of(None if inside else self._under)


class _OpenSpan:
    """A span that is the current one as long as its block lasts."""

    __slots__ = ("_token", "span")

    def __init__(self, span: trace.Span) -> None:
        self.span = span
        self._token: Token[Context]

    def __enter__(self) -> Span:
        self._token = attach(trace.set_span_in_context(self.span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            record_failure(self.span, error)
        self.span.end()
        detach(self._token)

    def rename(self, name: str) -> None:
        """Call it otherwise, now that more is known."""
        self.span.update_name(name)

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes."""
        self.span.set_attributes(facts)

    def show(self, name: str, value: object) -> None:
        """Keep it out of the records."""

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.span.set_attribute("error.type", code)
        self.span.set_status(StatusCode.ERROR)


def record_failure(span: trace.Span, error: BaseException) -> None:
    """Record an exception as an event, without what its frames hold."""
    name = type(error).__qualname__
    span.add_event("exception", {"exception.type": name, "exception.message": str(redact(str(error)))})
    span.set_attribute("error.type", str(getattr(error, "code", name)))
    span.set_status(StatusCode.ERROR)


def context_of(context: Context | None) -> str | None:
    """Write a context as W3C does."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, context)
    return carrier.get(TRACEPARENT)


def read_context(text: str) -> Context:
    """Read what W3C calls a traceparent; of one that is not well-formed nothing is left."""
    return _W3C.extract({TRACEPARENT: text}, Context())
