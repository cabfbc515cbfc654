"""A span of OpenTelemetry that costs little while it is open.

The SDK's locks, checks and copies each value when it comes. This one keeps what it is told until it is written.
"""

from collections.abc import Mapping, Sequence
from contextvars import Token
from dataclasses import dataclass, field
from itertools import chain
from time import time_ns
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, cast

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from structlog.typing import EventDict

from graphql_api.observability.opentelemetry.current import CURRENT, Current, context, innermost
from graphql_api.observability.opentelemetry.recording import Recording, Sink
from graphql_api.observability.redaction import redact
from graphql_api.observability.topic import SpanKind as Kind
from graphql_api.observability.topic import Topic
from graphql_api.observability.tracer import Span

LONGEST_ATTRIBUTE: Final = 8_000
"""How many characters of a text are recorded."""
MOST_EVENTS: Final = 100
MOST_NOTED: Final = 8
"""How often something is noted of a span before that is put together: one may be open for days."""
UNSET: Final = Status(StatusCode.UNSET)
FAILED: Final = Status(StatusCode.ERROR)
SCOPE: Final = InstrumentationScope("graphql_api")
ROLES: Final[Mapping[Kind, SpanKind]] = {
    **dict.fromkeys(Kind, SpanKind.INTERNAL),
    Kind.REQUEST: SpanKind.SERVER,
    Kind.STATEMENT: SpanKind.CLIENT,
    Kind.EVENT: SpanKind.CONSUMER,
}

Ids: TypeAlias = tuple[bytes, bytes]
"""Those of a trace and of a span in it, as they are sent."""
Seen: TypeAlias = tuple[int, Ids]
"""When something was measured, in nanoseconds, and the span that is about it."""

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


@dataclass(slots=True)
class Unusual:
    """What few spans have."""

    name: str | None = None
    """What it is called in place of what others about the same are called."""
    status: Status = UNSET
    events: list[Event] = field(default_factory=list)


_USUAL: Final = Unusual()


class RecordedSpan(trace.Span):
    """A span as the rest of the server fills it, as libraries of OpenTelemetry know it, and as exporters read it."""

    # To look for what an instance has in its class, as that of the library would have it, takes much of the time.
    __slots__ = (
        "_token",
        "above",
        "end_time",
        "noted",
        "number",
        "recording",
        "start_time",
        "topic",
        "unusual",
    )

    dropped_attributes = dropped_events = dropped_links = 0
    instrumentation_scope = SCOPE
    links: Sequence[Link] = ()

    end_time: int | None
    noted: tuple[Mapping[str, Any], ...]
    """What was recorded beside what all spans about the same have; of what is said twice, the last word counts."""
    unusual: Unusual | None
    _token: Token[Current]

    def __init__(self, recording: Recording, topic: Topic, number: bytes, above: bytes) -> None:
        """Begin, below the span with another number; the outermost has none above it."""
        self.recording = recording
        self.topic = topic
        self.number = number
        self.above = above
        self.noted = ()
        self.unusual = self.end_time = None
        self.start_time = time_ns()

    @property
    def name(self) -> str:
        """Tell what it is called."""
        return (self.unusual or _USUAL).name or self.topic.name

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
        return ROLES[self.topic.kind]

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Put together what was recorded, for whoever sends it."""
        return {name: _bounded(value) for name, value in _together(self.topic.facts, *self.noted).items()}

    @property
    def context(self) -> SpanContext:
        """Give its ids."""
        return self._context_of(self.number)

    @property
    def parent(self) -> SpanContext | None:
        """Give the ids of the span that it hangs under."""
        return self._context_of(self.above) if self.above else self.recording.outside

    @property
    def ids(self) -> Ids:
        """Give its ids as they are sent."""
        recording = self.recording
        return recording.trace_id, recording.prefix + self.number

    @property
    def resource(self) -> Resource:
        """Say who records it."""
        return self.recording.sink.resource

    def __enter__(self) -> Self:
        self._token = context.set({**context.get(), CURRENT: self})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.record_exception(error)
        self.end()
        try:  # noqa: SIM105  # which takes three times as long otherwise
            context.reset(self._token)
        except ValueError:
            # Another task closes it, as it may a stream: it has nothing to put back there.
            pass

    def become(self, topic: Topic) -> None:
        """Take what it is about, now that more is known."""
        if self.end_time is None:
            self.topic = topic

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes; nothing may change them afterwards."""
        if self.end_time is None:
            noted = self.noted
            self.noted = (*noted, facts) if len(noted) < MOST_NOTED else (_together(*noted, facts),)

    def show(self, name: str, value: object) -> None:
        """Keep it out of the records."""

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.note({"error.type": code})
        self.set_status(FAILED)

    def end(self, end_time: int | None = None) -> None:
        """Hand it over to be sent."""
        if self.end_time is None:
            self.end_time, recording = end_time or time_ns(), self.recording
            recording.take(self)
            if not self.above:
                recording.finish()

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
        if self.end_time is None:
            self._unusual().name = name

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

    def _context_of(self, number: bytes) -> SpanContext:
        recording = self.recording
        trace, span = int.from_bytes(recording.trace_id), int.from_bytes(recording.prefix + number)
        state = None if recording.outside is None else recording.outside.trace_state
        return SpanContext(trace, span, is_remote=False, trace_flags=_SAMPLED, trace_state=state)


def begun(sink: Sink, topic: Topic, parent: trace.Span | None) -> RecordedSpan:
    """Begin to record what happens below a span that is not recorded here, or below none."""
    recording = Recording(sink, None if parent is None else parent.get_span_context())
    return RecordedSpan(recording, topic, next(recording.numbers), b"")


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


def _together(*several: Mapping[str, Any]) -> dict[str, Any]:
    return dict(chain.from_iterable(facts.items() for facts in several))


def _bounded(value: Any) -> Any:
    return value[:LONGEST_ATTRIBUTE] if isinstance(value, str) else value
