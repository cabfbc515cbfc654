"""A span of OpenTelemetry that costs little while it is open.

The SDK's locks, checks and copies each value when it comes. This one keeps what it is told, and the thread that sends
it puts that together.
"""

from collections.abc import Mapping, Sequence
from contextvars import Token
from random import getrandbits
from time import time_ns
from types import TracebackType
from typing import Any, Final, Self

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.trace import Event, Tracer
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.trace import SpanKind as Role

from graphql_api.observability.observation import Span
from graphql_api.observability.redaction import redact

LONGEST_ATTRIBUTE: Final = 8_000
"""How many characters of a text are recorded."""
MOST_EVENTS: Final = 100

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_UNSET: Final = Status(StatusCode.UNSET)
_SCOPE: Final = InstrumentationScope("graphql_api")


class RecordedSpan(trace.Span):
    """A span as the rest of the server fills it, as libraries of OpenTelemetry know it, and as exporters read it."""

    dropped_attributes = dropped_events = dropped_links = 0
    instrumentation_scope = _SCOPE
    links: Sequence[Link] = ()

    def __init__(self, tracer: Tracer, name: str, role: Role, facts: Mapping[str, Any], parent: SpanContext) -> None:
        """Begin. A parent that is not valid is none."""
        self.name = name
        self.kind = role
        self.resource = tracer.resource
        self.parent = parent if parent.is_valid else None
        trace_id = parent.trace_id if self.parent else getrandbits(128) or 1
        self.context = SpanContext(trace_id, getrandbits(64) or 1, False, _SAMPLED, parent.trace_state)
        self.status = _UNSET
        self.events: Sequence[Event] = ()
        self.end_time: int | None = None
        self._tracer = tracer
        self._facts = [facts]
        self._token: Token[Context]
        self.start_time = time_ns()

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Put together what was recorded, for whoever sends it."""
        together = {name: value for facts in self._facts for name, value in facts.items()}
        return {name: _bounded(value) for name, value in together.items()}

    def __enter__(self) -> Self:
        self._token = attach(trace.set_span_in_context(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.record_exception(error)
        self.end()
        detach(self._token)

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes; nothing may change them afterwards."""
        if self.end_time is None:
            self._facts.append(facts)

    def rename(self, name: str) -> None:
        """Call it otherwise, now that more is known."""
        if self.end_time is None:
            self.name = name

    def show(self, name: str, value: object) -> None:
        """Keep it out of the records."""

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.note({"error.type": code})
        self.set_status(StatusCode.ERROR)

    def end(self, end_time: int | None = None) -> None:
        """Hand it over to be sent."""
        if self.end_time is None:
            self.end_time = end_time or time_ns()
            self._tracer.span_processor.on_end(self)  # type: ignore[arg-type]  # it is all that is read of one

    def get_span_context(self) -> SpanContext:
        """Give its ids."""
        return self.context

    def is_recording(self) -> bool:
        """Tell whether it still takes something."""
        return self.end_time is None

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Record facts."""
        self.note(dict(attributes))

    def set_attribute(self, key: str, value: Any) -> None:
        """Record a fact."""
        self.note({key: value})

    def update_name(self, name: str) -> None:
        """Call it otherwise."""
        self.rename(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Say how it ended."""
        if self.end_time is None:
            self.status = Status(status, description) if isinstance(status, StatusCode) else status

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None) -> None:
        """Record that something happened."""
        if self.end_time is None and len(self.events) < MOST_EVENTS:
            self.events = [*self.events, Event(name, attributes, timestamp)]

    def record_exception(
        self,
        exception: BaseException,
        attributes: Mapping[str, Any] | None = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Record that it failed, without what the frames of the exception hold."""
        del escaped
        name = type(exception).__qualname__
        told = {"exception.type": name, "exception.message": str(redact(str(exception))), **(attributes or {})}
        self.add_event("exception", told, timestamp)
        self.fail(str(getattr(exception, "code", name)))


def parent_of(context: Context | None) -> SpanContext:
    """Give the ids of the span that is the current one in a context."""
    return trace.get_current_span(context).get_span_context()


def opened(span: Span | None) -> SpanContext | None:
    """Give the ids of a span that was recorded here."""
    return span.context if type(span) is RecordedSpan else None


def _bounded(value: Any) -> Any:
    return value[:LONGEST_ATTRIBUTE] if isinstance(value, str) else value
