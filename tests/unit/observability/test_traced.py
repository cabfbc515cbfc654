"""Calls as spans, and records of the log within them (requirements 4.5, 4.7; properties 10, 11)."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.observability.logging import configure_logging
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.opentelemetry.recorded import MOST_NOTED, RecordedSpan
from graphql_api.observability.opentelemetry.service import OpenTelemetry
from graphql_api.observability.opentelemetry.spans import OperationTracer
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.observability.traced import traced
from graphql_api.settings import LoggingSettings, TelemetrySettings

FACTS = st.dictionaries(st.sampled_from(["shelf", "tries", "paid"]), st.booleans() | st.integers(0, 9) | st.text())


class Spans:
    """A sink, and what it was given."""

    def __init__(self) -> None:
        self.telemetry = OpenTelemetry(TelemetrySettings(prometheus=True))
        self.resource = self.telemetry.traces.resource
        self._ended: list[RecordedSpan] = []

    def take(self, spans: Sequence[RecordedSpan]) -> None:
        self._ended.extend(spans)

    def observing(self) -> Any:
        return observing(Observation(OperationTracer(self)))

    def taken(self) -> list[Any]:
        spans, self._ended = self._ended, []
        return sorted(spans, key=lambda one: one.end_time or 0)


@pytest.fixture(scope="module")
def spans() -> Spans:
    return Spans()


@pytest.fixture
def restored_logging() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@given(name=st.text(min_size=1), facts=FACTS, asynchronous=st.booleans(), fails=st.booleans())
def test_a_call_is_a_span_below_the_one_around_it(
    spans: Spans, name: str, facts: dict[str, Any], asynchronous: bool, fails: bool
) -> None:
    def work() -> str:
        if fails:
            raise LookupError("not there")
        return "done"

    async def working() -> str:
        return work()

    inner: Any = traced(name, **facts)(working if asynchronous else work)

    @traced("outer")
    async def outer() -> str:
        result = inner()
        return str(await result if asynchronous else result)

    with spans.observing():
        if fails:
            with pytest.raises(LookupError):
                asyncio.run(outer())
        else:
            assert asyncio.run(outer()) == "done"
    below, above = spans.taken()
    assert (below.name, above.name, above.parent) == (name, "outer", None)
    assert below.parent.span_id == above.context.span_id
    assert {key: below.attributes[key] for key in facts} == facts
    assert [event.name for event in below.events] == ["exception"] * fails
    assert (below.status.is_ok, below.attributes.get("error.type")) == (
        (False, "LookupError") if fails else (True, None)
    )


@given(st.lists(FACTS, max_size=30))
def test_a_span_has_what_was_noted_last_however_often_something_is(spans: Spans, noted: list[dict[str, Any]]) -> None:
    with OperationTracer(spans).span(Topic(SpanKind.CALL, "noting", {"shelf": "none"})) as span:
        for facts in noted:
            span.note(facts)
    (recorded,) = spans.taken()
    assert recorded.attributes == {"shelf": "none"} | {name: value for facts in noted for name, value in facts.items()}
    assert len(recorded.noted) <= MOST_NOTED


def test_a_call_that_nobody_records_is_only_made(spans: Spans) -> None:
    assert traced()(lambda: 1)() == 1
    assert spans.taken() == []


def test_a_function_keeps_its_name_and_gives_it_to_its_spans(spans: Spans) -> None:
    @traced(shelf="rock")
    def sort_records() -> None:
        """Sort."""

    with spans.observing():
        sort_records()
    (span,) = spans.taken()
    assert sort_records.__name__ == "sort_records"
    assert (span.name.rpartition(".")[2], span.attributes["shelf"]) == ("sort_records", "rock")


@given(depth=st.integers(1, 4))
def test_each_record_within_a_span_has_its_ids(spans: Spans, depth: int) -> None:
    records: list[dict[str, Any]] = []

    @traced("level")
    def level(left: int) -> None:
        record: dict[str, Any] = {}
        spans.telemetry.correlate(record)
        records.append(record)
        if left:
            level(left - 1)

    outside: dict[str, Any] = {}
    spans.telemetry.correlate(outside)
    with spans.observing():
        level(depth)
    ids = [
        {"trace_id": f"{span.context.trace_id:032x}", "span_id": f"{span.context.span_id:016x}"}
        for span in reversed(spans.taken())
    ]
    assert (outside, records) == ({}, ids)


def test_records_of_others_have_the_ids_too(
    spans: Spans, capsys: pytest.CaptureFixture[str], restored_logging: None
) -> None:
    configure_logging(LoggingSettings(format="json"), spans.telemetry.correlate)

    @traced("shelving")
    def shelve() -> None:
        structlog.stdlib.get_logger("graphql_api.test").info("ours")
        logging.getLogger("uvicorn.error").warning("theirs")

    with spans.observing():
        shelve()
    (span,) = spans.taken()
    records = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [record["event"] for record in records] == ["ours", "theirs"]
    assert {record["trace_id"] for record in records} == {f"{span.context.trace_id:032x}"}
    assert {record["span_id"] for record in records} == {f"{span.context.span_id:016x}"}
