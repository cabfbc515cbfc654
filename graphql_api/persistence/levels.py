"""A page or a thing with what its relations lead to, level below level, as one statement reads them."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from domain.kernel.records import Row
from graphql_api.persistence.rows import Finish

LevelsFinish: TypeAlias = Callable[[Sequence[Any]], "Level"]


class Level(NamedTuple):
    """Rows, and those that were read for them, by the keys of the relations which lead there."""

    rows: list[Row]
    below: "Mapping[str, Level]"


ALONE: Final[Mapping[str, Level]] = MappingProxyType({})
"""Below rows for which nothing else was read yet."""
NO_LEVEL: Final = Level([], ALONE)


def levels_finish(finishes: Sequence[Finish], below: Sequence[Mapping[str, int]]) -> LevelsFinish:
    """Write the function that divides what a statement gave, from what finishes each level and which are below it.

    Rows begin with the number of their level, and come in the order of those. A level has a lower number than those
    below it, and these in their order, so that each begins where the one before it ended.
    """
    given = {f"_{number}": finish for number, finish in enumerate(finishes)}
    source = f"lambda rows: {_level(0, len(finishes), below)}"
    finish: LevelsFinish = eval(source, {**given, "Level": Level, "end": _end})  # noqa: S307  # of quoted keys and numbers
    return finish


def _level(number: int, of: int, below: Sequence[Mapping[str, int]]) -> str:
    start = f"e{number - 1}" if number else ""
    end = f"(e{number} := end(rows, {number + 1}, {start or 0}))" if number + 1 < of else ""
    inside = ", ".join(f"{key!r}: {_level(one, of, below)}" for key, one in below[number].items())
    return f"Level(_{number}(rows[{start}:{end}]), {{{inside}}})"


def _end(rows: Sequence[Any], following: int, start: int) -> int:
    return bisect_left(rows, following, start, key=_NUMBER)


_NUMBER: Final = itemgetter(0)
