"""Two changes of the same lines, made one where they only touch each other.

git takes for a conflict what was changed in neighbouring lines, such as a field that its owner put behind the last one
where the last one goes.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

_DECLARED: Final = re.compile(
    r'^\s*(?:(?:class |def |async def )(\w+)|"?(\w+)"?\s*[:=](?!=)|(\w+),|(\w+\(.*\),))', re.MULTILINE
)


class _Edit(NamedTuple):
    """Lines from `start` up to `end` that become others; of an insertion both are the same."""

    start: int
    end: int
    lines: Sequence[str]


def both(before: Sequence[str], yours: Sequence[str], now: Sequence[str]) -> str | None:
    """Carry out both changes of some lines, or give None where they are in each other's way.

    What is added at one place is kept side by side unless it declares the same names.
    """
    edits = _together(_edits(before, yours), _edits(before, now))
    if edits is None:
        return None
    lines: list[str] = []
    done = 0
    for start, end, others in edits:
        lines += [*before[done:start], *others]
        done = end
    return "".join([*lines, *before[done:]])


def _edits(before: Sequence[str], after: Sequence[str]) -> list[_Edit]:
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [_Edit(start, end, after[low:high]) for step, start, end, low, high in steps if step != "equal"]


def _together(yours: Sequence[_Edit], now: Sequence[_Edit]) -> list[_Edit] | None:
    """Put the edits of both in order: at one place those of the generator first, and insertions before the rest."""
    merged: list[_Edit] = []
    for one in sorted([*now, *yours], key=lambda edit: edit[:2]):
        last = merged[-1] if merged else None
        if last == one:
            continue
        if last is not None and _are_in_the_way(last, one):
            return None
        merged.append(one)
    return merged


def _are_in_the_way(first: _Edit, second: _Edit) -> bool:
    if second.start < first.end:
        return True
    touch = second.start == first.end
    return touch and bool(_declared(first.lines) & _declared(second.lines))


def _declared(lines: Sequence[str]) -> set[str]:
    return {"".join(names) for names in _DECLARED.findall("".join(lines))}
