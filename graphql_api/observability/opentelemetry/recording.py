"""What one process records of a trace: its spans are handed over together, once the outermost of them has ended."""

from collections.abc import Callable, Sequence
from random import getrandbits
from typing import TYPE_CHECKING, Final, Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext

if TYPE_CHECKING:
    from graphql_api.observability.opentelemetry.recorded import RecordedSpan

MOST_SPANS: Final = 1_000
"""How many spans there may be below one that has no parent here; what is done beyond that is not recorded."""
MOST_TOGETHER: Final = 64
"""How many spans are begun until those that have ended wait no longer: a stream of events may be open for days."""

_TRACE_ID_SIZE, _PREFIX_SIZE, _NUMBER_SIZE = 16, 6, 2
_NUMBERS: Final = [number.to_bytes(_NUMBER_SIZE) for number in range(1, MOST_SPANS + 1)]
_TOGETHER: Final = [_NUMBERS[first : first + MOST_TOGETHER] for first in range(0, MOST_SPANS, MOST_TOGETHER)]


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

    __slots__ = ("_ended", "_further", "numbers", "outside", "prefix", "sink", "take", "trace_id")

    take: "Callable[[RecordedSpan], object]"
    """Takes a span that has ended."""

    def __init__(self, sink: Sink, parent: SpanContext | None) -> None:
        """Go on with a trace, or begin one where there is no parent, or one that is not valid."""
        self.sink = sink
        self._ended: list[RecordedSpan] = []
        self.take = self._ended.append
        # The id of a span is its number behind what is drawn to be another one than that of other processes.
        self.prefix = getrandbits(8 * _PREFIX_SIZE).to_bytes(_PREFIX_SIZE)
        self.numbers = iter(_TOGETHER[0])
        self._further = 1
        if parent is None or not parent.is_valid:
            self.outside = None
            self.trace_id = (getrandbits(8 * _TRACE_ID_SIZE) or 1).to_bytes(_TRACE_ID_SIZE)
        else:
            self.outside = parent
            self.trace_id = parent.trace_id.to_bytes(_TRACE_ID_SIZE)

    def further(self) -> bytes | None:
        """Give the number of one more span, if it is recorded, where `numbers` have come to their end.

        What has ended by then waits no longer.
        """
        together = self._ended[:]
        # Another thread may have added to it meanwhile.
        del self._ended[: len(together)]
        if together:
            self.sink.take(together)
        if self._further == len(_TOGETHER):
            return None
        self.numbers = iter(_TOGETHER[self._further])
        self._further += 1
        return next(self.numbers)

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
