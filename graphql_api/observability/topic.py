"""What spans are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

_MOST_TOPICS: Final = 4_096


class SpanKind(StrEnum):
    """What sort of thing a span is about."""

    REQUEST = "request"
    OPERATION = "operation"
    PHASE = "phase"
    RESOLVER = "resolver"
    MESSAGE = "message"
    STATEMENT = "statement"
    EVENT = "event"
    CALL = "call"


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """What many spans have in common, so that whoever sends them can keep how that is written.

    It is made once for all of them, and known by what object it is; what only one span has is noted of that.
    """

    kind: SpanKind
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """By the names of attributes; they stay as they are."""


@lru_cache(_MOST_TOPICS)
def topic(kind: SpanKind, name: str) -> Topic:
    """Give what spans with a name are about."""
    return Topic(kind, name)
