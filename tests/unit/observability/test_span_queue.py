"""Spans that wait for a collector: a bounded number, and each is accounted for."""

import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from structlog.testing import capture_logs

from graphql_api.observability.opentelemetry.encoding import encode_group, encode_origin
from graphql_api.observability.opentelemetry.queue import DROPPED, FAILED, SENT, WRITTEN_TOGETHER, SpanQueue, Waiting
from graphql_api.observability.opentelemetry.recorded import RecordedSpan, begun
from graphql_api.observability.opentelemetry.recording import MOST_SPANS, MOST_TOGETHER
from graphql_api.observability.opentelemetry.spans import OperationTracer
from graphql_api.observability.topic import SpanKind, Topic

RESOURCE = Resource.create({"service.name": "here"})
SIZE = 8
SECONDS = 20


class Held:
    """A sender that sends once it is let go."""

    def __init__(self, *, works: bool = True) -> None:
        self.go = threading.Event()
        self.sent: list[Waiting] = []
        self._works = works

    def send(self, waiting: list[Waiting]) -> bool:
        assert self.go.wait(SECONDS)
        self.sent += waiting
        return self._works

    def shutdown(self) -> None:
        pass

    def names(self) -> list[str]:
        written = [one for one in self.sent if isinstance(one, bytes)]
        request = ExportTraceServiceRequest.FromString(encode_group(encode_origin(RESOURCE), written))
        ours = [span.name for group in request.resource_spans for scope in group.scope_spans for span in scope.spans]
        return ours + [one.name for one in self.sent if not isinstance(one, bytes)]


def queue_of(sender: Held, size: int = SIZE) -> SpanQueue:
    return SpanQueue(sender, RESOURCE, size=size, interval=SECONDS, patience=SECONDS)


def close(queue: SpanQueue, sender: Held) -> None:
    sender.go.set()
    queue.shutdown()


def ended(queue: SpanQueue, name: str, below: int = 0) -> None:
    """Record a trace of so many spans below another one."""
    tracer = OperationTracer(queue)
    with begun(queue, Topic(SpanKind.REQUEST, name), None):
        for number in range(below):
            with tracer.span(Topic(SpanKind.CALL, f"{name}.{number}")):
                pass


def inside(tracer: OperationTracer, outer: RecordedSpan, name: str) -> RecordedSpan:
    span = tracer.span(Topic(SpanKind.CALL, name), outer)
    assert isinstance(span, RecordedSpan)
    return span


def outcomes(queue: SpanQueue) -> dict[str, float]:
    return {outcome: number for number, (outcome,) in queue.outcomes()}


@given(st.lists(st.integers(0, 4), max_size=WRITTEN_TOGETHER + 8), st.booleans())
def test_as_many_wait_as_may_and_every_span_is_accounted_for(traces: list[int], works: bool) -> None:
    sender = Held(works=works)
    queue = queue_of(sender)
    with capture_logs() as logs:
        for number, below in enumerate(traces):
            ended(queue, str(number), below)
        close(queue, sender)
    given, kept = sum(1 + below for below in traces), len(sender.names())
    assert kept == min(given, SIZE)
    assert outcomes(queue) == {SENT: kept * works, FAILED: kept * (not works), DROPPED: given - kept}
    told = [one["event"] for one in logs]
    assert told.count("telemetry.spans_dropped") == (given > SIZE)


def test_there_is_room_again_once_spans_were_sent() -> None:
    # More than are written together, or some of each lot would be dropped.
    sender, size = Held(), 2 * WRITTEN_TOGETHER
    queue = queue_of(sender, size)
    with capture_logs() as logs:
        for name in range(2 * size):
            ended(queue, f"early {name}")
        sender.go.set()
        for _ in range(SECONDS * 100):
            ended(queue, "late")
            if [one["event"] for one in logs] == ["telemetry.spans_dropped", "telemetry.spans_kept_again"]:
                break
            threading.Event().wait(0.01)
        close(queue, sender)
    assert [one["event"] for one in logs] == ["telemetry.spans_dropped", "telemetry.spans_kept_again"]
    assert sender.names()[:size] == [f"early {name}" for name in range(size)]
    assert "late" in sender.names()


def test_spans_of_libraries_wait_with_ours() -> None:
    sender = Held()
    queue = queue_of(sender)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(queue)
    provider.get_tracer("library").start_span("theirs").end()
    ended(queue, "ours")
    close(queue, sender)
    assert sorted(sender.names()) == ["ours", "theirs"]


def test_what_ends_before_or_after_the_outermost_span_is_not_lost() -> None:
    sender = Held()
    queue = queue_of(sender, size=1_000)
    outer, tracer = begun(queue, Topic(SpanKind.REQUEST, "outer"), None), OperationTracer(queue)
    several = [inside(tracer, outer, str(number)) for number in range(MOST_TOGETHER + 2)]
    late = several.pop()
    for one in (*several, outer, late):
        one.end()
    close(queue, sender)
    assert sorted(sender.names()) == sorted(one.name for one in (*several, outer, late))


def test_spans_beyond_what_waits_are_sent_before_the_outermost_one() -> None:
    sender = Held()
    queue = queue_of(sender, size=2 * MOST_SPANS)
    outer, tracer = begun(queue, Topic(SpanKind.REQUEST, "outer"), None), OperationTracer(queue)
    for number in range(MOST_TOGETHER + 1):
        inside(tracer, outer, str(number)).end()
    close(queue, sender)
    assert len(sender.names()) >= MOST_TOGETHER - 1


def test_of_a_trace_so_many_spans_are_recorded_and_no_more() -> None:
    sender = Held()
    queue = queue_of(sender, size=2 * MOST_SPANS)
    ended(queue, "outer", 2 * MOST_SPANS)
    close(queue, sender)
    assert len(sender.names()) == MOST_SPANS


def test_a_span_that_cannot_be_written_harms_nobody() -> None:
    sender = Held()
    queue = queue_of(sender)
    unwritable: Any = 5
    with capture_logs() as logs:
        for _ in range(3):
            ended(queue, unwritable)
        ended(queue, "fine")
        close(queue, sender)
    assert sender.names() == ["fine"]
    assert outcomes(queue) == {SENT: 1, FAILED: 3, DROPPED: 0}
    assert [one["event"] for one in logs][:1] == ["telemetry.spans_unwritable"]
