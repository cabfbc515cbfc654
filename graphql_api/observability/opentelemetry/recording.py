"""What one process records of a trace: its spans are handed over together, once the outermost of them has ended."""

from collections.abc import Sequence
from itertools import count
from operator import methodcaller
from random import getrandbits
from typing import TYPE_CHECKING, Final, Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext, TraceState

if TYPE_CHECKING:
    from graphql_api.observability.opentelemetry.recorded import RecordedSpan

MOST_TOGETHER: Final = 64
"""How many spans that have ended wait for the outermost one; a stream of events may be open for days."""


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

    __slots__ = ("_ended", "_most", "outside", "outside_id", "sink", "span_ids", "state", "trace_id")

    def __init__(self, sink: Sink, parent: SpanContext) -> None:
        """Go on with a trace, or begin one where the parent is not valid."""
        self.sink = sink
        self.outside: SpanContext | None = None
        self.outside_id = b""
        self.state: TraceState | None = None
        if parent.is_valid:
            self.outside = parent
            self.outside_id = parent.span_id.to_bytes(8)
            self.trace_id = parent.trace_id.to_bytes(16)
            self.state = parent.trace_state or None
        else:
            self.trace_id = (getrandbits(128) or 1).to_bytes(16)
        # Only the first of them has to be drawn, to be another one than those of other processes.
        self.span_ids = map(_written, count(getrandbits(63) + 1))
        self._ended: list[RecordedSpan] = []
        self._most = MOST_TOGETHER

    def end(self, span: "RecordedSpan") -> None:
        """Hand over what has ended, if it is time for that."""
        ended = self._ended
        ended.append(span)
        if span.parent_id != self.outside_id:
            if len(ended) < self._most:
                return
        else:
            # What ends after it waits for nothing.
            self._most = 0
        # Another thread may add to it meanwhile.
        together = ended[:]
        del ended[: len(together)]
        self.sink.take(together)


class Unsent:
    """Where spans end that nobody collects: they are for the log, and for whoever is called."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def take(self, spans: "Sequence[RecordedSpan]") -> None:
        """Forget them."""
