"""Where the answer of each root field came from, for clients that are told so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Final

from graphql_api.observability.observation import current
from graphql_api.observability.resolvers import Answer, note_answer

MEMORY: Final = "memory"
"""The level of what one process keeps."""
SHARED: Final = "redis"
"""The level of what processes share."""


class Reason(StrEnum):
    """Why an answer is not kept."""

    NOT_DECLARED = "its query is not declared to be kept"
    NOT_LASTING = "it shows a field that is not lasting"
    EXPIRING = "it looks at what expires"
    BEHIND = "this process does not know what others changed"
    OVERTAKEN = "something changed while it was worked out"
    UNWRITABLE = "it cannot be written in one piece"
    TOO_LARGE = "it is larger than all that may be kept"
    PASSED_BY = "it was answered without the cache"


_STATUSES: Final = {
    Answer.KEPT: "hit",
    Answer.STALE: "stale",
    Answer.SHARED: "shared",
    Answer.WORKED_OUT: "miss",
    Answer.NOT_KEPT: "not kept",
}
_root: ContextVar[str | None] = ContextVar("root_field", default=None)


@contextmanager
def answering(key: str) -> Iterator[None]:
    """Take what is noted in a block as said of the root field with this response key."""
    token = _root.set(key)
    try:
        yield
    finally:
        _root.reset(token)


def note_origin(
    source: Answer,
    key: str | None = None,
    *,
    since: float | None = None,
    reason: Reason | None = None,
    level: str = MEMORY,
) -> None:
    """Say where the answer of the root field under way came from, and on the monotonic clock since when it is kept."""
    note_answer(source)
    observation, root = current(), _root.get()
    if observation is None or observation.origins is None or root is None:
        return
    facts = {
        "status": _STATUSES[source],
        "level": level if source in (Answer.KEPT, Answer.STALE) else None,
        "age": None if since is None else round(time.monotonic() - since, 3),
        "key": key,
        "reason": reason,
    }
    observation.origins[root] = {name: value for name, value in facts.items() if value is not None}


def forget_origins() -> None:
    """Take back what was noted: everything is answered anew."""
    observation = current()
    if observation is not None and observation.origins:
        observation.origins.clear()
