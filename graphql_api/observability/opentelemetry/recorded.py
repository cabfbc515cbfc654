"""A span of OpenTelemetry that costs little while it is open.

The SDK's locks, checks and copies each value when it comes. This one keeps what it is told until it is written.
"""

from collections.abc import Mapping, Sequence
from contextvars import Token
from itertools import chain
from time import time_ns
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags

from graphql_api.observability.opentelemetry.current import CURRENT, Current, context
from graphql_api.observability.opentelemetry.library_span import LibrarySpan, Unusual
from graphql_api.observability.opentelemetry.recording import Recording, Sink
from graphql_api.observability.topic import SpanKind as Kind
from graphql_api.observability.topic import Topic

LONGEST_ATTRIBUTE: Final = 8_000
"""How many characters of a text are recorded."""
MOST_NOTED: Final = 8
"""How often something is noted of a span before that is put together: one may be open for days."""
SCOPE: Final = InstrumentationScope("graphql_api")
ROLES: Final[Mapping[Kind, SpanKind]] = {
    **dict.fromkeys(Kind, SpanKind.INTERNAL),
    Kind.REQUEST: SpanKind.SERVER,
    Kind.STATEMENT: SpanKind.CLIENT,
    Kind.EVENT: SpanKind.CONSUMER,
}

Ids: TypeAlias = tuple[bytes, bytes]
"""Those of a trace and of a span in it, as they are sent."""

_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


class RecordedSpan(LibrarySpan):
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
        unusual = self.unusual
        return self.topic.name if unusual is None or unusual.name is None else unusual.name

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

    def end(self, end_time: int | None = None) -> None:
        """Hand it over to be sent."""
        if self.end_time is None:
            self.end_time, recording = end_time or time_ns(), self.recording
            recording.take(self)
            if not self.above:
                recording.finish()

    def _context_of(self, number: bytes) -> SpanContext:
        recording = self.recording
        trace, span = int.from_bytes(recording.trace_id), int.from_bytes(recording.prefix + number)
        state = None if recording.outside is None else recording.outside.trace_state
        return SpanContext(trace, span, is_remote=False, trace_flags=_SAMPLED, trace_state=state)


def begun(sink: Sink, topic: Topic, parent: trace.Span | None) -> RecordedSpan:
    """Begin to record what happens below a span that is not recorded here, or below none."""
    recording = Recording(sink, None if parent is None else parent.get_span_context())
    return RecordedSpan(recording, topic, next(recording.numbers), b"")


def _together(*several: Mapping[str, Any]) -> dict[str, Any]:
    return dict(chain.from_iterable(facts.items() for facts in several))


def _bounded(value: Any) -> Any:
    return value[:LONGEST_ATTRIBUTE] if isinstance(value, str) else value
