"""Draws that come out the same for the same seed, on every machine and every version of Python."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things to draw from, each as often as its weight says."""

    __slots__ = ("_cumulative", "items")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        """Hold items with weights. Raises ValueError where there is none to draw."""
        pairs = list(weighted)
        if not pairs:
            raise ValueError("there is nothing to draw from")
        self.items: tuple[T, ...] = tuple(item for item, _ in pairs)
        self._cumulative = list(accumulate(weight for _, weight in pairs))

    def at(self, fraction: float) -> T:
        """Return the item at a place between 0 and 1, where each takes up room by its weight."""
        return self.items[bisect(self._cumulative, fraction * self._cumulative[-1], hi=len(self.items) - 1)]


class Chance:
    """A stream of draws that its seed decides."""

    __slots__ = ("fraction",)

    def __init__(self, seed: str) -> None:
        # Of all methods of Random, only random() is promised to give the same sequence in later versions.
        self.fraction = Random(seed).random  # noqa: S311  # nothing here is secret

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, but not including, a limit."""
        return int(self.fraction() * limit)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return low + int(self.fraction() * (high - low + 1))

    def happens(self, probability: float) -> bool:
        """Tell whether something happens that does so with a probability."""
        return self.fraction() < probability

    def near(self, middle: float, spread: float) -> float:
        """Draw a number around a middle, most within one spread of it and none beyond three and a half."""
        # The sum of four uniform draws is close to a bell, and needs no function that differs between platforms.
        bell = self.fraction() + self.fraction() + self.fraction() + self.fraction() - 2
        return middle + bell * spread * 1.75

    def pick(self, items: Sequence[T]) -> T:
        """Draw one of several, all alike."""
        return items[int(self.fraction() * len(items))]

    def weighted(self, items: Weighted[T]) -> T:
        """Draw one of several by their weights."""
        return items.at(self.fraction())

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Draw distinct ones in random order, all of them where there are no more than `count`."""
        rest = list(items)
        for place in range(min(count, len(rest))):
            other = place + self.below(len(rest) - place)
            rest[place], rest[other] = rest[other], rest[place]
        return rest[:count]
