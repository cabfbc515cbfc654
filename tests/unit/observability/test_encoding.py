"""Our encoding of spans says what the library's says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.encoding import encode, encode_group, encode_origin
from graphql_api.observability.opentelemetry.recorded import RecordedSpan, begun
from graphql_api.observability.opentelemetry.recording import Unsent
from graphql_api.observability.topic import SpanKind, Topic

RESOURCE = Resource.create({"service.name": "here"})
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# The library has two zeros.
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False).map(lambda number: number + 0.0)
VALUES = st.booleans() | NUMBERS | TEXT | st.lists(TEXT)
STATES = st.sampled_from([TraceState(), TraceState([("vendor", "x")])])
PARENTS = st.builds(
    lambda trace, span, remote, state: SpanContext(trace, span, remote, TraceFlags(1), state),
    *(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1), st.booleans(), STATES),
)


FACTS = st.dictionaries(TEXT, VALUES, max_size=4)
NAMES = st.sampled_from(["a", "b"])
KINDS = st.sampled_from(SpanKind)
ALIKE = st.dictionaries(NAMES, st.sampled_from([0, False, 0.0, 1, True, 1.0, "1", ["1"]]))
"""What is equal in Python and not in what is sent."""
SPANS = st.tuples(KINDS, TEXT, FACTS, PARENTS, FACTS, st.none() | TEXT, st.none() | TEXT)


def recorded(description: Any) -> RecordedSpan:
    kind, name, facts, parent, noted, code, failure = description
    span = begun(Unsent(RESOURCE), Topic(kind, name, facts), NonRecordingSpan(parent))
    span.note(Repeated(noted))
    if code is not None:
        span.fail(code)
    if failure is not None:
        span.record_exception(ValueError(failure))
    span.end()
    return span


def below(outer: RecordedSpan, topic: Topic, parent: RecordedSpan) -> RecordedSpan:
    return RecordedSpan(outer.recording, topic, next(outer.recording.numbers), parent.number)


def written(spans: list[RecordedSpan]) -> bytes:
    return encode_group(encode_origin(RESOURCE), [encode([one]) for one in spans])


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
    assert read(written(several)) == read(encode_spans(several).SerializeToString())


@given(PARENTS, NAMES, KINDS, FACTS, st.lists(st.tuples(ALIKE, st.booleans(), st.none() | NAMES), max_size=8))
def test_spans_about_the_same_are_told_apart(
    parent: SpanContext, name: str, kind: SpanKind, facts: Any, descriptions: list[Any]
) -> None:
    topic = Topic(kind, name, facts)
    several: list[Any] = []
    for noted, comes_again, code in descriptions:
        span = begun(Unsent(RESOURCE), topic, NonRecordingSpan(parent))
        span.note(Repeated(noted) if comes_again else noted)
        if code is not None:
            span.fail(code)
        span.end()
        several.append(span)
    assert read(written(several)) == read(encode_spans(several).SerializeToString())


@given(PARENTS, st.lists(st.tuples(TEXT, FACTS, FACTS, st.none() | TEXT), max_size=5))
def test_a_trace_that_is_written_at_once_says_what_its_spans_say(parent: SpanContext, inside: list[Any]) -> None:
    outer = begun(Unsent(RESOURCE), Topic(SpanKind.REQUEST, "outer"), NonRecordingSpan(parent))
    several: list[Any] = [outer]
    for name, facts, noted, code in inside:
        inner = below(outer, Topic(SpanKind.STATEMENT, name, facts), several[-1])
        inner.note(noted)
        if code is not None:
            inner.fail(code)
        several.append(inner)
    for one in several:
        one.end()
    request = encode_group(encode_origin(RESOURCE), [encode(several)])
    assert read(request) == read(encode_spans(several).SerializeToString())


def test_a_zero_has_no_sign() -> None:
    negative, positive = (begun(Unsent(RESOURCE), Topic(SpanKind.CALL, "a"), None) for _ in range(2))
    negative.note({"zero": -0.0})
    positive.note({"zero": 0.0})
    for one in (negative, positive):
        one.end()
    values = [str(span.attributes[0].value.double_value) for *_, span in read(written([negative, positive]))]
    assert values == ["0.0", "0.0"]


def test_spans_below_another_one_name_it() -> None:
    outer = begun(Unsent(RESOURCE), Topic(SpanKind.REQUEST, "outer"), None)
    inner: Any = below(outer, Topic(SpanKind.CALL, "inner"), outer)
    inner.end()
    assert read(written([inner])) == read(encode_spans([inner]).SerializeToString())
