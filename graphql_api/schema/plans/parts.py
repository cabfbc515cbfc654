"""Long lists, written part by part: neither their finished values nor their rows are all in memory beside the text."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final, TypeVar

import orjson

T = TypeVar("T")

PART: Final = 500
"""Rows of one part; what finishing and writing them needs of memory fits the processor's cache."""


def in_parts(rows: list[T], finish: Callable[[list[T]], list[Any]], size: int = PART) -> list[Any] | orjson.Fragment:
    """Finish rows; more than one part of them come written already, and are let go. Raises what finishing raises."""
    if len(rows) <= size:
        return finish(rows)
    # One buffer, which is not copied when it is handed on: parts that are joined would be there twice.
    whole, before = BytesIO(), b"["
    rows.reverse()
    while rows:
        finished = finish(rows[: -size - 1 : -1])
        del rows[-size:]
        try:
            part = orjson.dumps(finished)
        except TypeError:
            # Some text cannot be written; whoever writes the whole answer knows what to do.
            return [*_read_again(whole), *finished, *finish(rows[::-1])]
        whole.write(before)
        whole.write(part[1:-1])
        before = b","
    whole.write(b"]")
    return orjson.Fragment(whole.getvalue())


def _read_again(begun: BytesIO) -> list[Any]:
    read: list[Any] = orjson.loads(begun.getvalue() + b"]") if begun.tell() else []
    return read
