"""Draws: within their limits for any seed, and the same everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.seeding.generation.chance import Chance, Weighted

seeds = st.text(max_size=20)


@given(seeds)
def test_a_seed_decides_every_draw(seed: str) -> None:
    one, other = Chance(seed), Chance(seed)
    assert [one.below(1_000_000) for _ in range(20)] == [other.below(1_000_000) for _ in range(20)]


def test_draws_are_the_same_on_every_version_of_python() -> None:
    chance = Chance("0")
    assert [chance.below(1_000) for _ in range(8)] == [361, 906, 362, 946, 98, 30, 239, 376]


@given(seeds, st.integers(-1_000, 1_000), st.integers(0, 1_000))
def test_a_number_between_two_is_between_them(seed: str, low: int, width: int) -> None:
    assert low <= Chance(seed).between(low, low + width) <= low + width


@given(seeds, st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_number_near_a_middle_is_never_far_away(seed: str, middle: float, spread: float) -> None:
    assert abs(Chance(seed).near(middle, spread) - middle) <= 3.5 * spread + 1e-6


@given(seeds, st.lists(st.integers(), unique=True, max_size=30), st.integers(0, 40))
def test_some_of_a_list_are_distinct_members_of_it(seed: str, items: list[int], count: int) -> None:
    some = Chance(seed).some(items, count)
    assert len(some) == min(count, len(items))
    assert len(set(some)) == len(some)
    assert set(some) <= set(items)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_each_item_takes_up_room_by_its_weight(weights: list[int]) -> None:
    whole, items = sum(weights), Weighted(list(enumerate(weights)))
    drawn = [items.at((step + 0.5) / whole) for step in range(whole)]
    assert [drawn.count(place) for place in range(len(weights))] == weights


def test_there_must_be_something_to_draw_from() -> None:
    with pytest.raises(ValueError, match="nothing to draw from"):
        Weighted([])
