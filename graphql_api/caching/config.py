"""What a cache is told when it is made, and what it counts while it works."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class CacheConfig:
    """How long entries live unless they say so (`ttl`, in seconds), how much is held, and how keys begin.

    `max_size` counts entries and `max_bytes` their encoded values; only what is held in memory is bounded by them.
    """

    ttl: float | None = None
    max_size: int = 10_000
    max_bytes: int = 64_000_000
    key_prefix: str = ""

    def __post_init__(self) -> None:
        if self.ttl is not None and self.ttl <= 0:
            raise ValueError(f"A ttl is more than 0 seconds, not {self.ttl:g}.")
        if self.max_size < 1 or self.max_bytes < 1:
            raise ValueError("A cache holds at least one entry, of at least one byte.")

    def lifetime(self, ttl: float | None) -> float | None:
        """Give the lifetime of an entry that asks for one, or for none."""
        return self.ttl if ttl is None else ttl


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A value with the seconds that it has left; without a limit it stays until it is evicted."""

    value: Any
    ttl: float | None = None


class Occasion(StrEnum):
    """What caches count."""

    HIT = "hit"
    MISS = "miss"
    LOAD = "load"
    ERROR = "error"
    EVICTION = "eviction"
    INVALIDATION = "invalidation"
    STALE = "stale"
    SHARED_HIT = "shared_hit"
    SHARED_MISS = "shared_miss"
    SHARED_ERROR = "shared_error"


SHARED_OCCASIONS: Final = frozenset({Occasion.SHARED_HIT, Occasion.SHARED_MISS, Occasion.SHARED_ERROR})
"""What is counted of answers that processes share."""

Counts = Counter[Occasion]
"""How often each occasion came up since the start."""
