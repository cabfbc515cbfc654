from hypothesis import given
from hypothesis import strategies as st

from graphql_api.execution.lru import WeighedLru


def test_the_least_recently_used_entry_goes_first() -> None:
    cache: WeighedLru[str, int] = WeighedLru(entries=2, weight=100)
    cache.put("a", 1, 1)
    cache.put("b", 2, 1)
    cache.get("a")
    cache.put("c", 3, 1)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_an_entry_that_would_drive_out_too_many_others_is_not_held() -> None:
    cache: WeighedLru[str, int] = WeighedLru(entries=10, weight=80)
    cache.put("large", 1, 11)
    assert cache.get("large") is None


def test_replacing_an_entry_counts_its_weight_once() -> None:
    cache: WeighedLru[str, int] = WeighedLru(entries=10, weight=80)
    cache.put("a", 1, 4)
    cache.put("a", 2, 6)
    assert (cache.get("a"), cache.weight) == (2, 6)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30))))
def test_it_never_holds_more_than_its_bounds(puts: list[tuple[int, int]]) -> None:
    cache: WeighedLru[int, int] = WeighedLru(entries=5, weight=100)
    held: dict[int, int] = {}
    for key, weight in puts:
        cache.put(key, weight, weight)
        held = {one: value for one in range(21) if (value := cache.get(one)) is not None}
        assert len(held) == len(cache) <= 5
        assert sum(held.values()) == cache.weight <= 100
