"""Long lists, written part by part, so that their finished values are never in memory all together."""

from collections.abc import Callable, Sequence
from io import BytesIO
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
    # One buffer, which is not copied when it is handed on: parts that are joined would be there twice.
    whole = BytesIO()
    for start in range(0, len(rows), size):
        try:
            part = orjson.dumps(finish(rows[start : start + size]))
        except TypeError:
            # Some text cannot be written; whoever writes the whole answer knows what to do.
            return finish(rows)
        whole.write(b"," if start else b"[")
        whole.write(part[1:-1])
    whole.write(b"]")
    return orjson.Fragment(whole.getvalue())
