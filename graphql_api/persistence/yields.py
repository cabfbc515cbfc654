"""How much lists of a shape have yielded so far, which tells how their rows are best counted.

Counting by a window over the page's own scan saves the second scan of a filter, but holds all rows that it lets through
before it gives the first: of 3,500 tracks of which a tenth match, it takes three quarters of the time, and of 300,000
of which half match, three times as long.
"""

from collections.abc import Hashable
from typing import Final

from graphql_api.execution.lru import WeighedLru

FEW: Final = 1_000
"""Rows that are held while they are counted, without its being felt."""
OFTEN_ENOUGH: Final = 3
_MOST_SHAPES: Final = 4_096


class Yields:
    """Remembers how many times in a row lists of a shape were short."""

    def __init__(self) -> None:
        self._times_short: WeighedLru[Hashable, int] = WeighedLru(_MOST_SHAPES, _MOST_SHAPES)

    def are_short(self, shape: Hashable) -> bool:
        """Tell whether lists of a shape have been short the last few times."""
        return (self._times_short.get(shape) or 0) >= OFTEN_ENOUGH

    def note(self, shape: Hashable, total: int) -> None:
        """Remember how long a list was."""
        times = (self._times_short.get(shape) or 0) + 1 if total <= FEW else 0
        if times <= OFTEN_ENOUGH:
            self._times_short.put(shape, times, weight=1)
