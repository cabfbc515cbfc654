"""A span of OpenTelemetry that costs little while it is open.

The SDK's locks, checks and copies each value when it comes. This one keeps what it is told until it is written.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from time import time_ns
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from structlog.typing import EventDict

from graphql_api.observability.observation import Span
from graphql_api.observability.opentelemetry.recording import Recording, Sink
from graphql_api.observability.redaction import redact

LONGEST_ATTRIBUTE: Final = 8_000
"""How many characters of a text are recorded."""
MOST_EVENTS: Final = 100
UNSET: Final = Status(StatusCode.UNSET)
FAILED: Final = Status(StatusCode.ERROR)
SCOPE: Final = InstrumentationScope("graphql_api")

Ids: TypeAlias = tuple[bytes, bytes]
"""Those of a trace and of a span in it, as they are sent."""
Seen: TypeAlias = tuple[int, Ids]
"""When something was measured, in nanoseconds, and the span that is about it."""

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
# Where the library keeps the span that is open. Its functions look that up again each time, which takes five times as
# long.
(_CURRENT,) = trace.set_span_in_context(trace.INVALID_SPAN, Context())
_token = attach(Context())
_context: ContextVar[Context] = _token.var
detach(_token)


@dataclass(slots=True)
class Unusual:
    """What few spans have."""

    status: Status = UNSET
    events: list[Event] = field(default_factory=list)


_USUAL: Final = Unusual()


class RecordedSpan(trace.Span):
    """A span as the rest of the server fills it, as libraries of OpenTelemetry know it, and as exporters read it."""

    # To look for what an instance has in its class, as that of the library would have it, takes much of the time.
    __slots__ = (
        "_token",
        "end_time",
        "known",
        "name",
        "noted",
        "parent_id",
        "recording",
        "role",
        "span_id",
        "start_time",
        "unusual",
    )

    dropped_attributes = dropped_events = dropped_links = 0
    instrumentation_scope = SCOPE
    links: Sequence[Link] = ()

    end_time: int | None
    noted: Mapping[str, Any] | None
    """What was recorded beside what was known from the first."""
    unusual: Unusual | None
    _token: Token[Context]

    def __init__(
        self,
        recording: Recording,
        name: str,
        role: int,
        facts: Mapping[str, Any],
        parent_id: bytes,
    ) -> None:
        """Begin, by the value of a kind, below a span with an id, if it has one."""
        self.recording = recording
        self.name = name
        self.role = role
        self.known = facts
        self.parent_id = parent_id
        self.noted = self.unusual = self.end_time = None
        self.span_id = next(recording.span_ids)
        self.start_time = time_ns()

    @property
    def status(self) -> Status:
        """Tell how it ended."""
        return (self.unusual or _USUAL).status

    @property
    def events(self) -> Sequence[Event]:
        """Tell what happened meanwhile."""
        return (self.unusual or _USUAL).events

    @property
    def kind(self) -> SpanKind:
        """Give its role, as the library knows it."""
        return SpanKind(self.role)

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Put together what was recorded, for whoever sends it."""
        return {name: _bounded(value) for name, value in {**self.known, **(self.noted or {})}.items()}

    @property
    def context(self) -> SpanContext:
        """Give its ids."""
        return self._context_of(self.span_id)

    @property
    def parent(self) -> SpanContext | None:
        """Give the ids of the span that it hangs under."""
        if self.parent_id == self.recording.outside_id:
            return self.recording.outside
        return self._context_of(self.parent_id)

    @property
    def resource(self) -> Resource:
        """Say who records it."""
        return self.recording.sink.resource

    def __enter__(self) -> Self:
        self._token = _context.set(Context({**_context.get(), _CURRENT: self}))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.record_exception(error)
        if self.end_time is None:
            self.end_time = time_ns()
            self.recording.end(self)
        try:  # noqa: SIM105  # which takes three times as long otherwise
            _context.reset(self._token)
        except ValueError:
            # Another task closes it, as it may a stream: it has nothing to put back there.
            pass

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes; nothing may change them afterwards."""
        if self.end_time is not None:
            return
        if not self.known:
            self.known = facts
        elif self.noted is None:
            self.noted = facts
        else:
            self.noted = {**self.noted, **facts}

    def rename(self, name: str) -> None:
        """Call it otherwise, now that more is known."""
        if self.end_time is None:
            self.name = name

    def show(self, name: str, value: object) -> None:
        """Keep it out of the records."""

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.note({"error.type": code})
        self.set_status(FAILED)

    def end(self, end_time: int | None = None) -> None:
        """Hand it over to be sent."""
        if self.end_time is None:
            self.end_time = end_time or time_ns()
            self.recording.end(self)

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
            self._unusual().status = Status(status, description) if isinstance(status, StatusCode) else status

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None) -> None:
        """Record that something happened."""
        if self.end_time is None and len(self.events) < MOST_EVENTS:
            self._unusual().events.append(Event(name, attributes, timestamp))

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

    def _unusual(self) -> Unusual:
        if self.unusual is None:
            self.unusual = Unusual()
        return self.unusual

    def _context_of(self, span_id: bytes) -> SpanContext:
        recording = self.recording
        trace, span = int.from_bytes(recording.trace_id), int.from_bytes(span_id)
        return SpanContext(trace, span, is_remote=False, trace_flags=_SAMPLED, trace_state=recording.state)


def begun(sink: Sink, name: str, role: int, facts: Mapping[str, Any], parent: SpanContext) -> RecordedSpan:
    """Begin to record what happens below something that is not recorded here. A parent that is not valid is none."""
    recording = Recording(sink, parent)
    return RecordedSpan(recording, name, role, facts, recording.outside_id)


def seen_in(operation: Span | None) -> Seen | None:
    """Say that the span of an operation, or else the one that is open, is there now, if it is recorded here."""
    span = operation if type(operation) is RecordedSpan else innermost()
    return (time_ns(), (span.recording.trace_id, span.span_id)) if type(span) is RecordedSpan else None


def correlate(record: EventDict) -> None:
    """Write the ids of the span that is open into a record of the log."""
    span = _context.get().get(_CURRENT)
    if span is not None and (ids := _ids_of(span)) is not None:  # type: ignore[arg-type]  # the library keeps it there
        record["trace_id"], record["span_id"] = ids[0].hex(), ids[1].hex()


def _ids_of(span: trace.Span) -> Ids | None:
    """Give the ids of a span, if it has any."""
    if type(span) is RecordedSpan:
        return span.recording.trace_id, span.span_id
    context = span.get_span_context()
    return (context.trace_id.to_bytes(16), context.span_id.to_bytes(8)) if context.is_valid else None


def innermost() -> trace.Span | None:
    """Give the span that is open, recorded or not."""
    return _context.get().get(_CURRENT)  # type: ignore[return-value]  # the library keeps it there


def _bounded(value: Any) -> Any:
    return value[:LONGEST_ATTRIBUTE] if isinstance(value, str) else value
