"""What a histogram tells is what the numbers say, whenever it is read and however they are added up."""

import math
from collections.abc import Callable
from typing import Any, Self

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


class Looked(float):
    """A number that brings another one whenever it is compared, as another thread may at any moment."""

    __hash__ = float.__hash__

    def __new__(cls, number: float, brings: Callable[[], object]) -> Self:
        made = super().__new__(cls, number)
        made.brings = brings
        return made

    brings: Callable[[], object]

    def __gt__(self, other: float) -> bool:
        self.brings()
        return float(self) > other


@given(st.lists(NUMBERS, min_size=1, max_size=5), NUMBERS)
def test_numbers_that_come_while_others_are_added_up_count_once(numbers: list[float], meanwhile: float) -> None:
    distribution, brought = Distribution(metrics.EVENT_LOOP_LAG), 0

    def bring() -> None:
        nonlocal brought
        if brought < len(BOUNDS):
            brought += 1
            distribution.record(meanwhile)

    for number in numbers:
        distribution.record(Looked(number, bring))
    distribution.add_up()
    data: Any = distribution.read().data
    (point,) = data.data_points
    assert brought > 0
    assert (point.count, sum(point.bucket_counts)) == (len(numbers) + brought,) * 2
    assert math.isclose(point.sum, math.fsum([*numbers, *[meanwhile] * brought]), abs_tol=1e-9)
