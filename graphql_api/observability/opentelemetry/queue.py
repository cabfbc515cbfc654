"""Spans that wait to be sent by a thread of their own, as they are written; what there is no room for is dropped."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final, Protocol, TypeAlias

import structlog
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from graphql_api.observability.metrics import Reading
from graphql_api.observability.opentelemetry.encoding import encode
from graphql_api.observability.opentelemetry.recorded import RecordedSpan
from graphql_api.observability.outage import Outage

BEGINS: Final = "telemetry.spans_dropped"
ENDS: Final = "telemetry.spans_kept_again"
SENT, FAILED, DROPPED = "sent", "failed", "dropped"
"""What becomes of spans."""
MOST_TOGETHER: Final = 8_192
LARGEST_TOGETHER: Final = 2_000_000
"""How many spans and bytes are sent together, but for what traces have beyond that which were written together."""
WRITTEN_TOGETHER: Final = 32
"""How many traces are written together: between other code, each of them would take longer."""

_log = structlog.stdlib.get_logger(__name__)

Waiting: TypeAlias = bytes | ReadableSpan
"""Spans that are written, or one of the library's, which the thread that sends it writes."""


class Sender(Protocol):
    """Sends what has waited, and takes as long as it likes."""

    def send(self, waiting: list[Waiting]) -> bool:
        """Send it, take it out of the list, and tell whether that worked."""
        ...

    def shutdown(self) -> None:
        """Give up what is being sent."""
        ...


class SpanQueue(SpanProcessor):
    """Where all spans of a process go that are recorded, ours and those of libraries."""

    def __init__(self, sender: Sender, resource: Resource, *, size: int, interval: float, patience: float) -> None:
        """Take how many spans may wait, and in seconds how long, and how long sending the last of them may take."""
        self.resource = resource
        self._sender = sender
        self._interval = interval
        self._patience = patience
        self._unwritten: deque[Sequence[RecordedSpan]] = deque()
        self._waiting: deque[tuple[int, Waiting]] = deque()
        self._size = self._room = size
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._outcomes = {SENT: 0, FAILED: 0, DROPPED: 0}
        self._dropped_before = 0
        self._full = Outage(_log, BEGINS, ENDS)
        self._unwritable = Outage(_log, "telemetry.spans_unwritable", "telemetry.spans_written_again")
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def outcomes(self) -> Iterable[Reading]:
        """Tell what became of spans."""
        return [(number, (outcome,)) for outcome, number in self._outcomes.items()]

    def take(self, spans: Sequence[RecordedSpan]) -> None:
        """Have spans of one trace sent, as far as there is room."""
        self._unwritten.append(spans)
        if len(self._unwritten) >= WRITTEN_TOGETHER:
            self._write()

    def on_end(self, span: ReadableSpan) -> None:
        """Have a span of a library sent, if there is room."""
        if span.context.trace_flags.sampled and self._reserve(1):
            self._put(1, span)

    def shutdown(self) -> None:
        """Send what waits, as far as there is time."""
        self._ending = True
        self._wake.set()
        self._thread.join(self._patience)
        self._sender.shutdown()

    def _reserve(self, wanted: int) -> int:
        with self._lock:
            if wanted <= self._room:
                self._room -= wanted
                return wanted
            number, self._room = self._room, 0
            self._outcomes[DROPPED] += wanted - number
        self._full.begin()
        return number

    def _write(self) -> None:
        """Write all that is not written. Two threads may do so at once."""
        traces: list[Sequence[RecordedSpan]] = []
        with suppress(IndexError):
            while True:
                traces.append(self._unwritten.popleft())
        wanted = sum(map(len, traces))
        room = self._reserve(wanted)
        if room < wanted:
            traces = [*_first(room, traces)]
        written, failed = [], 0
        for spans in traces:
            try:
                written.append(encode(spans))
            except Exception as error:  # noqa: BLE001  # what cannot be told of a request must not harm it
                self._unwritable.begin(error=type(error).__name__)
                failed += len(spans)
        if failed:
            self._release(failed, FAILED)
        if written:
            self._put(room - failed, b"".join(written))

    def _put(self, number: int, waiting: Waiting) -> None:
        self._waiting.append((number, waiting))
        if self._room <= self._size // 2 and not self._wake.is_set():
            self._wake.set()

    def _release(self, number: int, outcome: str) -> None:
        with self._lock:
            self._room += number
            self._outcomes[outcome] += number

    def _run(self) -> None:
        with suppress_instrumentation():
            while not self._ending:
                self._wake.wait(self._interval)
                self._wake.clear()
                self._send()
            self._send()

    def _send(self) -> None:
        """Send all that waits now."""
        self._write()
        waiting = len(self._waiting)
        while waiting > 0:
            number, together = self._together()
            waiting -= len(together)
            self._release(number, SENT if self._sent(together) else FAILED)
        if self._outcomes[DROPPED] == self._dropped_before:
            self._full.end()
        self._dropped_before = self._outcomes[DROPPED]

    def _sent(self, together: list[Waiting]) -> bool:
        try:
            sent = self._sender.send(together)
        except Exception as error:  # noqa: BLE001  # the next ones may be in order
            self._unwritable.begin(error=type(error).__name__)
            return False
        self._unwritable.end()
        return sent

    def _together(self) -> tuple[int, list[Waiting]]:
        number = size = 0
        together: list[Waiting] = []
        while self._waiting and number < MOST_TOGETHER and size < LARGEST_TOGETHER:
            several, waiting = self._waiting.popleft()
            number += several
            size += len(waiting) if isinstance(waiting, bytes) else 0
            together.append(waiting)
        return number, together


def _first(number: int, traces: Iterable[Sequence[RecordedSpan]]) -> Iterator[Sequence[RecordedSpan]]:
    """Give so many spans of several traces."""
    for spans in traces:
        kept = spans[:number]
        number -= len(kept)
        if kept:
            yield kept
