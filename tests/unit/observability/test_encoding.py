"""Our encoding of spans says what the library's says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import Tracer, TracerProvider
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags, TraceState

from graphql_api.observability.opentelemetry.encoding import SpanEncoder
from graphql_api.observability.opentelemetry.recorded import RecordedSpan

TRACER = TracerProvider(shutdown_on_exit=False).get_tracer("graphql_api")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT | st.lists(TEXT)
STATES = st.sampled_from([TraceState(), TraceState([("vendor", "x")])])
PARENTS = st.builds(
    lambda trace, span, remote, state: SpanContext(trace, span, remote, TraceFlags(1), state),
    *(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1), st.booleans(), STATES),
)


FACTS = st.dictionaries(TEXT, VALUES, max_size=4)
SPANS = st.tuples(TEXT, st.sampled_from(SpanKind), FACTS, PARENTS, FACTS, st.none() | TEXT, st.none() | TEXT)


def recorded(description: Any) -> RecordedSpan:
    assert isinstance(TRACER, Tracer)
    *begun, noted, code, failure = description
    span = RecordedSpan(TRACER, *begun)
    span.note(noted)
    if code is not None:
        span.fail(code)
    if failure is not None:
        span.record_exception(ValueError(failure))
    span.end()
    return span


def read(request: bytes) -> list[Any]:
    """Give the spans of a request with their origins, in the order of their ids."""
    groups = ExportTraceServiceRequest.FromString(request).resource_spans
    several = [
        (span.span_id, group.resource, scope.scope, span)
        for group in groups
        for scope in group.scope_spans
        for span in scope.spans
    ]
    return sorted(several, key=lambda one: one[0])


@given(st.lists(SPANS, max_size=5))
def test_it_says_what_the_library_says(descriptions: list[Any]) -> None:
    several: list[Any] = [recorded(one) for one in descriptions]
    assert read(SpanEncoder().encode(several)) == read(encode_spans(several).SerializeToString())


def test_spans_of_the_library_are_encoded_beside_ours() -> None:
    assert isinstance(TRACER, Tracer)
    ours = RecordedSpan(TRACER, "ours", SpanKind.SERVER, {"a": 1}, SpanContext(0, 0, is_remote=False))
    ours.end()
    theirs: Any = TRACER.start_span("theirs")
    theirs.end()
    request = SpanEncoder().encode([theirs, ours])
    assert {span.name for *_, span in read(request)} == {"ours", "theirs"}
