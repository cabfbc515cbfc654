"""What is measured is there for whoever reads, however few operations there were since it was added up."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from graphql_api.observability import metrics
from graphql_api.observability.observation import Observation
from graphql_api.observability.opentelemetry.distributions import ADDED_TOGETHER
from graphql_api.observability.opentelemetry.measuring import ADDED_UP, Measurements


@given(st.lists(st.lists(st.sampled_from(["A", "B"]), max_size=2), max_size=ADDED_UP + 8))
def test_each_operation_counts_once(operations: list[list[str]]) -> None:
    reader = InMemoryMetricReader()
    measurements = Measurements(MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))
    for codes in operations:
        observation = Observation()
        observation.errors += tuple(codes)
        measurements.operation("query", 0.1, observation)
    (durations,) = (one for one in measurements.distributions if one.metric is metrics.OPERATION_DURATION)
    data: Any = durations.read().data
    counts = {point.attributes[metrics.OPERATION_DURATION.attributes[1]]: point.count for point in data.data_points}
    failed = sum(map(bool, operations))
    assert counts == {
        outcome: number for outcome, number in {"error": failed, "success": len(operations) - failed}.items() if number
    }


@given(st.integers(1, ADDED_UP + 8))
def test_errors_are_counted_for_whoever_reads_them_first(number: int) -> None:
    reader = InMemoryMetricReader()
    measurements = Measurements(MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))
    for _ in range(number):
        observation = Observation()
        observation.errors += ("A",)
        measurements.operation("query", 0.1, observation)
    read: Any = reader.get_metrics_data()
    found = [
        point.value
        for group in read.resource_metrics
        for scope in group.scope_metrics
        for one in scope.metrics
        if one.name == metrics.ERRORS.name
        for point in one.data.data_points
    ]
    assert found == [number]


@given(st.integers(1, 3 * ADDED_TOGETHER))
def test_resolvers_of_an_operation_that_does_not_end_are_counted_and_take_no_more_room(number: int) -> None:
    measurements = Measurements(MeterProvider(shutdown_on_exit=False).get_meter("test"))
    observation = Observation(resolved=measurements.resolver)
    for _ in range(number):
        observation.add_resolved(("Query", "tracks"), 0.1)
    (durations,) = (one for one in measurements.distributions if one.metric is metrics.RESOLVER_DURATION)
    assert len(durations.series["Query", "tracks"]) < ADDED_TOGETHER
    data: Any = durations.read().data
    assert [point.count for point in data.data_points] == [number]
