"""What one process records of a trace: its spans are handed over together, once the outermost of them has ended."""

from collections.abc import Callable, Sequence
from itertools import count, islice
from operator import methodcaller
from random import getrandbits
from typing import TYPE_CHECKING, Final, Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext, TraceState

if TYPE_CHECKING:
    from graphql_api.observability.opentelemetry.recorded import RecordedSpan

MOST_SPANS: Final = 1_000
"""How many spans there may be below one that has no parent here; what is done beyond that is not recorded."""
MOST_TOGETHER: Final = 64
"""How many spans are begun until those that have ended wait no longer: a stream of events may be open for days."""

_written: Final = methodcaller("to_bytes", 8)


class Sink(Protocol):
    """Where spans go that have ended."""

    @property
    def resource(self) -> Resource:
        """Say who records them."""
        ...

    def take(self, spans: "Sequence[RecordedSpan]") -> None:
        """Take spans of one trace. Whoever records them waits for that."""
        ...


class Recording:
    """The spans below one that has no parent in this process, and that span."""

    __slots__ = ("_ended", "_ids", "outside", "outside_id", "sink", "span_ids", "state", "take", "trace_id")

    outside: SpanContext | None
    state: TraceState | None
    take: "Callable[[RecordedSpan], object]"
    """Takes a span that has ended."""

    def __init__(self, sink: Sink, parent: SpanContext | None) -> None:
        """Go on with a trace, or begin one where there is no parent, or one that is not valid."""
        self.sink = sink
        self._ended: list[RecordedSpan] = []
        self.take = self._ended.append
        # Only the first of them has to be drawn, to be another one than those of other processes.
        self._ids = islice(map(_written, count(getrandbits(63) + 1)), MOST_SPANS)
        self.span_ids = islice(self._ids, MOST_TOGETHER)
        if parent is None or not parent.is_valid:
            self.trace_id = (getrandbits(128) or 1).to_bytes(16)
            self.outside_id = b""
            self.outside = self.state = None
        else:
            self.trace_id = parent.trace_id.to_bytes(16)
            self.outside_id = parent.span_id.to_bytes(8)
            self.outside = parent
            self.state = parent.trace_state or None

    def further(self) -> bytes | None:
        """Give the id of one more span, if it is recorded, where `span_ids` have come to their end.

        What has ended by then waits no longer.
        """
        together = self._ended[:]
        # Another thread may have added to it meanwhile.
        del self._ended[: len(together)]
        if together:
            self.sink.take(together)
        self.span_ids = islice(self._ids, MOST_TOGETHER)
        return next(self.span_ids, None)

    def finish(self) -> None:
        """Hand over what has ended, as the outermost span has; what ends after it waits for nothing."""
        self.take = self._take_late
        ended, self._ended = self._ended, []
        self.sink.take(ended)

    def _take_late(self, span: "RecordedSpan") -> None:
        self.sink.take([span])


class Unsent:
    """Where spans end that nobody collects: they are for the log, and for whoever is called."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def take(self, spans: "Sequence[RecordedSpan]") -> None:
        """Forget them."""
