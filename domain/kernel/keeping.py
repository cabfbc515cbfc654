"""How long answers to a query may be kept, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_AGE: Final = 31_536_000
"""A year in seconds, which is the longest that caches are asked to look ahead."""


class Scope(StrEnum):
    """Who may share a copy of an answer."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long an answer may be kept.

    By the server for so many `seconds` at most, and no longer than it is right in any case; without them, for as long
    as the server is set to. A copy that a client has cannot be taken back: it shows for `max_age` seconds what may be
    wrong by then, and later only after asking. Copies are shared where the `scope` is public. An answer that was right
    less than `stale` seconds ago may still be given while it is worked out anew, but not by who made it wrong; and a
    copy that has a `max_age` may be shown for so many seconds more, while it is asked for again.
    """

    seconds: float | None = None
    max_age: int = 0
    scope: Scope = Scope.PRIVATE
    stale: float = 0

    def __post_init__(self) -> None:
        if not 0 <= self.max_age <= LONGEST_AGE:
            raise ValueError(f"max_age is {self.max_age}: it has to be from 0 to {LONGEST_AGE} seconds")
        if not 0 <= self.stale <= LONGEST_AGE:
            raise ValueError(f"stale is {self.stale}: it has to be from 0 to {LONGEST_AGE} seconds")


KEPT: Final = Keeping()


def strictest(several: Iterable[Keeping | None]) -> Keeping | None:
    """Say for how long an answer that shows several may be kept; None where one of them may not be."""
    shown = list(several)
    declared = [one for one in shown if one is not None]
    if len(declared) < len(shown):
        return None
    return Keeping(
        seconds=min((one.seconds for one in declared if one.seconds is not None), default=None),
        max_age=min((one.max_age for one in declared), default=0),
        scope=Scope.PUBLIC if declared and all(one.scope is Scope.PUBLIC for one in declared) else Scope.PRIVATE,
        stale=min((one.stale for one in declared), default=0),
    )
