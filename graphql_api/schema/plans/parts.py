"""Long lists, written part by part, so that their finished values are never in memory all together."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import orjson

T = TypeVar("T")

PART: Final = 500
"""Rows of one part; what finishing and writing them needs of memory fits the processor's cache."""


def in_parts(
    rows: Sequence[T], finish: Callable[[Sequence[T]], list[Any]], size: int = PART
) -> list[Any] | orjson.Fragment:
    """Finish rows; more than one part of them come written already. Raises what finishing raises."""
    if len(rows) <= size:
        return finish(rows)
    parts = []
    for start in range(0, len(rows), size):
        try:
            written = orjson.dumps(finish(rows[start : start + size]))
        except TypeError:
            # Some text cannot be written; whoever writes the whole answer knows what to do.
            return finish(rows)
        parts.append(written[1:-1])
    return orjson.Fragment(b"[%b]" % b",".join(parts))
