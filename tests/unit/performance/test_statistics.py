"""One figure from many runs."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.performance.statistics import estimate, medians, of, ratios, spread
from tests.unit.performance.samples import run

RATES = st.floats(0.1, 1e6)


@given(st.lists(RATES, min_size=1, max_size=9))
def test_a_median_lies_within_what_was_measured(rates: list[float]) -> None:
    found = medians([run(number=number, rate=rate) for number, rate in enumerate(rates)], lambda one: one.rate)
    assert min(rates) <= found["ours", "Q1"] <= max(rates)


@given(st.lists(st.tuples(RATES, RATES), min_size=1, max_size=9))
def test_a_ratio_lies_within_those_of_the_rounds(pairs: list[tuple[float, float]]) -> None:
    runs = [
        one
        for number, (mine, theirs) in enumerate(pairs)
        for one in (run(number=number, rate=mine), run("floor", number=number, rate=theirs))
    ]
    each = [mine / theirs for mine, theirs in pairs]
    assert min(each) <= ratios(runs, "ours", "floor")["Q1"] <= max(each)


def test_a_disturbed_round_disturbs_both_and_not_the_ratio() -> None:
    runs = [run(number=number, rate=200.0 * share) for number, share in enumerate((1, 0.1, 1))]
    runs += [run("floor", number=number, rate=100.0 * share) for number, share in enumerate((1, 0.1, 1))]
    assert ratios(runs, "ours", "floor") == {"Q1": 2.0}


def test_a_round_or_a_query_without_a_counterpart_counts_for_nothing() -> None:
    runs = [run(), run(query="Q2"), run("floor", number=1), run("floor", query="Q2", rate=0.0)]
    assert ratios(runs, "ours", "floor") == {}


def test_runs_are_told_apart_by_connections() -> None:
    alone = run(connections=1)
    assert of([run(), alone], 1) == [alone]


def test_spread_is_a_share_of_the_median() -> None:
    assert spread([90.0, 100.0, 110.0]) == 0.2
    assert spread([0.0, 0.0]) == 0.0


def test_a_run_without_an_answer_says_nothing() -> None:
    assert medians([run(rate=0.0), run("floor", rate=5.0)], lambda one: one.rate) == {("floor", "Q1"): 5.0}


@given(st.lists(RATES, min_size=1, max_size=9))
def test_an_interval_lies_within_what_was_measured_and_around_its_median(values: list[float]) -> None:
    found = estimate(values)
    assert min(values) <= found.least <= found.median <= found.most <= max(values)


@given(st.floats(-0.5, 0.5))
def test_what_always_is_the_same_leaves_no_doubt(value: float) -> None:
    assert estimate([value] * 9) == (value, value, value)


def test_an_interval_of_noise_around_something_seldom_leaves_that_out() -> None:
    draw = Random(1)
    found = [estimate([draw.gauss(0.05, 0.02) for _ in range(12)]) for _ in range(40)]
    assert sum(one.least <= 0.05 <= one.most for one in found) >= 36
