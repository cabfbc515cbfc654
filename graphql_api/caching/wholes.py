"""Whole answers to requests, found by the bytes of these, for as long as all their parts are right.

What such a request asks for, what it may cost and who may ask it was found out when it came for the first time; all
of that follows from its bytes and its viewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar

from domain.kernel.viewer import Viewer
from graphql_api.caching.answers import OVERHEAD, AnswerCache, Part
from graphql_api.caching.memory import LRUMemoryCache

W = TypeVar("W")

MOST_VIEWERS: Final = 64
"""For how many viewers the answers to one request are kept."""


class _Whole(NamedTuple):
    value: Any
    size: int
    parts: Sequence[Part]


@dataclass(slots=True)
class Repeated(Generic[W]):
    """A request that came before, with its answers."""

    key: str
    by_viewer: dict[Viewer, _Whole] = field(default_factory=dict)


class WholeAnswers(Generic[W]):
    """Keeps whole answers beside their parts, which share one bound on memory."""

    def __init__(self, answers: AnswerCache, memory: LRUMemoryCache, ttl: float) -> None:
        self._answers = answers
        self._memory = memory
        self._ttl = ttl

    def repeated(self, request: bytes) -> Repeated[W] | None:
        """Give what is known of a request that came before in the same bytes."""
        found = self._memory.look_up(_key(request))
        return None if found is None else found[0]

    def right(self, repeated: Repeated[W], viewer: Viewer) -> W | None:
        """Give the answer to a request for one viewer, if that is kept and still right."""
        whole = repeated.by_viewer.get(viewer)
        if whole is None:
            return None
        if not self._answers.repeat(whole.parts, viewer):
            # Its parts are worked out anew, and make another whole then.
            del repeated.by_viewer[viewer]
            return None
        value: W = whole.value
        return value

    def keep(self, request: bytes, viewer: Viewer, value: W, size: int, parts: Sequence[Part]) -> None:
        """Keep an answer that was put together from kept parts alone."""
        repeated = self.repeated(request) or Repeated[W](_key(request))
        repeated.by_viewer[viewer] = _Whole(value, size + len(request) + OVERHEAD, parts)
        if len(repeated.by_viewer) > MOST_VIEWERS:
            del repeated.by_viewer[next(iter(repeated.by_viewer))]
        weight = sum(whole.size for whole in repeated.by_viewer.values())
        self._memory.hold(repeated.key, repeated, weight, self._ttl)


def _key(request: bytes) -> str:
    # Nothing else that is kept begins as a request does. A digest of it would take five times as long.
    return str(request, "latin-1")
