"""What a histogram tells is what the numbers say, whenever it is read and however they are added up."""

import math
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.observability import metrics
from graphql_api.observability.opentelemetry.distributions import ADDED_TOGETHER, BOUNDS, Distribution

NUMBERS = st.sampled_from(BOUNDS) | st.floats(0, 20)


def size(number: float) -> int:
    """Give the place of the least bound that a number does not exceed."""
    return sum(bound < number for bound in BOUNDS)


@given(
    numbers=st.lists(NUMBERS, min_size=1, max_size=20), repeated=st.sampled_from([1, ADDED_TOGETHER]), read_early=...
)
def test_a_histogram_says_what_its_numbers_say(numbers: list[float], repeated: int, read_early: bool) -> None:
    distribution = Distribution(metrics.EVENT_LOOP_LAG)
    several = numbers * repeated
    for number in several:
        distribution.record(number)
        if read_early:
            distribution.read()
    data: Any = distribution.read().data
    (point,) = data.data_points
    assert list(point.bucket_counts) == [sum(size(one) == place for one in several) for place in range(len(BOUNDS) + 1)]
    assert (point.count, point.min, point.max) == (len(several), min(several), max(several))
    assert math.isclose(point.sum, math.fsum(several), abs_tol=1e-9)


@given(st.lists(st.tuples(NUMBERS, st.booleans()), max_size=20))
def test_of_each_size_the_last_trace_is_told_that_was_recorded(numbers: list[tuple[float, bool]]) -> None:
    distribution = Distribution(metrics.EVENT_LOOP_LAG)
    last: dict[int, float] = {}
    for number, recorded in numbers:
        series = distribution.series[()]
        if recorded:
            series.append_seen(number, (1, (b"trace", b"span")))
            last[size(number)] = number
        else:
            series.append(number)
    data: Any = distribution.read().data
    (point,) = data.data_points
    assert sorted(one.value for one in point.exemplars) == sorted(last.values())


@pytest.fixture
def hasty() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_numbers_that_come_while_others_read_count_once() -> None:
    distribution, is_over = Distribution(metrics.EVENT_LOOP_LAG), Event()

    def read() -> None:
        while not is_over.is_set():
            distribution.read()

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read) for _ in range(2)]
        for number in range(20_000):
            distribution.record(number % 20)
        is_over.set()
        for one in reading:
            one.result()
    data: Any = distribution.read().data
    (point,) = data.data_points
    assert (point.count, point.sum) == (20_000, sum(number % 20 for number in range(20_000)))
