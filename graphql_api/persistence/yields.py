"""How much lists of a shape have yielded so far, which tells how their rows are best counted.

Counting by a window over the page's own scan saves the second scan of a filter, but holds all rows that it lets through
before it gives the first: of 3,500 tracks of which a tenth match, it takes three quarters of the time, and of 300,000
of which half match, three times as long. Where an index has the order, the second scan ends where the page is full, and
that is soon unless few rows match.
"""

from collections.abc import Hashable
from typing import Final

from graphql_api.execution.lru import WeighedLru

FEW: Final = 1_000
"""Rows that are held while they are counted, without its being felt."""
FEW_PAGES: Final = 10
"""Pages of rows from which on an index of the order fills one sooner than all rows are held and sorted."""
OFTEN_ENOUGH: Final = 3
_MOST_SHAPES: Final = 4_096


def few(size: int, *, has_index: bool) -> int:
    """Tell how many rows a short list has at most, with pages of a size, in an order that an index may have."""
    return min(FEW, FEW_PAGES * size) if has_index else FEW


class Yields:
    """Remembers how many times in a row lists of a shape were short."""

    def __init__(self) -> None:
        self._times_short: WeighedLru[Hashable, int] = WeighedLru(_MOST_SHAPES, _MOST_SHAPES)

    def times_short(self, shape: Hashable) -> int:
        """Tell how many times lists of a shape have been short lately; more than often enough is not counted."""
        return self._times_short.get(shape) or 0

    def note(self, shape: Hashable, times_short: int, *, is_short: bool) -> None:
        """Remember how long a list was, of a shape whose lists were short so many times before."""
        times = min(times_short + 1, OFTEN_ENOUGH) if is_short else 0
        if times != times_short:
            self._times_short.put(shape, times, weight=1)
