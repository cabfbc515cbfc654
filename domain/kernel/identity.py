"""Identities that sort by the time they were made."""

import threading
import time
from os import urandom
from uuid import UUID, SafeUUID

_NANOSECONDS_IN_A_MILLISECOND = 1_000_000


class _Ticks:
    """Moments of 1/4096 millisecond since the epoch, each given out once and later than the one before."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        now = (time.time_ns() << 12) // _NANOSECONDS_IN_A_MILLISECOND
        with self._lock:
            self._last = max(now, self._last + 1)
            return self._last


_ticks = _Ticks()


def new_id() -> UUID:
    """Make a UUIDv7 that sorts after every earlier one of this process (RFC 9562, 5.7 and 6.2 method 3)."""
    tick = _ticks.next()
    return _uuid7(tick >> 12, tick & 0xFFF, int.from_bytes(urandom(8)) >> 2)


def derived_id(milliseconds: int, sequence: int) -> UUID:
    """Make the UUIDv7 that always belongs to this moment and number, for data that must come out the same each time."""
    return _uuid7(milliseconds, 0, sequence)


def _uuid7(milliseconds: int, fraction: int, entropy: int) -> UUID:
    version, variant = 0x7, 0b10
    id = UUID.__new__(UUID)
    # Past its constructor, which asks of each way to make one whether it is that; refused is to set them as usual.
    object.__setattr__(id, "int", milliseconds << 80 | version << 76 | fraction << 64 | variant << 62 | entropy)
    object.__setattr__(id, "is_safe", SafeUUID.unknown)
    return id
