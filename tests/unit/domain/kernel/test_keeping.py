import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.keeping import KEPT, LONGEST_AGE, Keeping, Scope, strictest

KEEPINGS = st.builds(
    Keeping,
    seconds=st.none() | st.floats(0, 100),
    max_age=st.integers(0, LONGEST_AGE),
    scope=st.sampled_from(Scope),
    stale=st.floats(0, 100),
)


@given(st.lists(KEEPINGS, min_size=1))
def test_of_several_the_strictest_counts_in_each_respect(several: list[Keeping]) -> None:
    together = strictest(several)
    assert together is not None
    assert all(together.max_age <= one.max_age for one in several)
    assert together.seconds == min((one.seconds for one in several if one.seconds is not None), default=None)
    assert (together.scope is Scope.PUBLIC) == all(one.scope is Scope.PUBLIC for one in several)
    assert together.stale == min(one.stale for one in several)
    assert together.max_age in {one.max_age for one in several}
    assert strictest([together, *several]) == together
    assert strictest([*several, None]) is None


def test_what_shows_nothing_is_asked_for_each_time() -> None:
    assert strictest([]) == KEPT


@pytest.mark.parametrize("seconds", [-1, LONGEST_AGE + 1])
def test_an_age_that_no_cache_understands_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="max_age"):
        Keeping(max_age=seconds)
    with pytest.raises(ValueError, match="stale"):
        Keeping(stale=seconds)
