"""Long lists, written part by part, so that their finished values are never in memory all together."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson

from domain.kernel.selection import Record

PART: Final = 500
"""Records of one part; what finishing and writing them needs of memory fits the processor's cache."""


def in_parts(
    records: Sequence[Record], finish: Callable[[Sequence[Record]], list[Any]], size: int = PART
) -> list[Any] | orjson.Fragment:
    """Finish records; more than one part of them come written already. Raises what finishing raises."""
    if len(records) <= size:
        return finish(records)
    parts = []
    for start in range(0, len(records), size):
        try:
            written = orjson.dumps(finish(records[start : start + size]))
        except TypeError:
            # Some text cannot be written; whoever writes the whole answer knows what to do.
            return finish(records)
        parts.append(written[1:-1])
    return orjson.Fragment(b"[%b]" % b",".join(parts))
