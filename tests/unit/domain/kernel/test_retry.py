from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.bus import Dispatch
from domain.kernel.messages import Command
from domain.kernel.retry import Patience, Retry


@dataclass(frozen=True, slots=True)
class CountUp(Command[int]):
    pass


class Passing(Exception):
    pass


@dataclass
class Attempts:
    """Fails so many times before it succeeds, and takes its time for each."""

    failures: int
    takes: float = 0.0
    now: float = 0.0
    made: int = 0
    pauses: list[float] = field(default_factory=list)

    async def __call__(self, _dispatch: Dispatch[Any]) -> int:
        self.made += 1
        self.now += self.takes
        if self.made <= self.failures:
            raise Passing
        return self.made

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def under(self, patience: Patience) -> Any:
        retry = Retry(lambda error: isinstance(error, Passing), patience, sleep=self.sleep, clock=lambda: self.now)
        return await retry(Dispatch(CountUp()), self)


@given(failures=st.integers(0, 12), most=st.integers(1, 10))
async def test_it_tries_as_often_as_it_is_told_and_no_more(failures: int, most: int) -> None:
    attempts, patience = Attempts(failures), Patience(attempts=most)
    if failures < most:
        assert await attempts.under(patience) == failures + 1
    else:
        with pytest.raises(Passing):
            await attempts.under(patience)
    assert attempts.made == min(failures + 1, most)
    assert len(attempts.pauses) == attempts.made - 1


async def test_pauses_are_part_of_lengths_that_double_up_to_a_cap() -> None:
    patience = Patience(attempts=6, first_pause=1, longest_pause=5, seconds=100)
    assert list(patience.pauses()) == [1, 2, 4, 5, 5]
    attempts = Attempts(5)
    await attempts.under(patience)
    assert all(0 <= pause <= longest for pause, longest in zip(attempts.pauses, patience.pauses(), strict=True))
    again = Attempts(5)
    await again.under(patience)
    assert attempts.pauses != again.pauses


async def test_it_gives_up_when_the_time_is_over() -> None:
    attempts = Attempts(9, takes=2)
    with pytest.raises(Passing):
        await attempts.under(Patience(attempts=10, first_pause=0, seconds=5))
    assert attempts.made == 3


async def test_what_would_fail_again_is_not_tried_again() -> None:
    made = 0

    async def fail(_dispatch: Dispatch[Any]) -> None:
        nonlocal made
        made += 1
        raise KeyError("wrong")

    with pytest.raises(KeyError):
        await Retry(lambda error: isinstance(error, Passing))(Dispatch(CountUp()), fail)
    assert made == 1
