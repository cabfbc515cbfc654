"""Identities that sort by the time they were made."""

import threading
import time
from os import urandom
from typing import Final
from uuid import UUID, SafeUUID

_NANOSECONDS_IN_A_MILLISECOND: Final = 1_000_000
_VERSION_AND_VARIANT: Final = 0x7 << 76 | 0b10 << 62
_UNKNOWN: Final = SafeUUID.unknown  # to ask an enumeration for a member takes as long as the rest


class _Ticks:
    """Moments of 1/4096 millisecond since the epoch, each given out once and later than the one before."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        now = (time.time_ns() << 12) // _NANOSECONDS_IN_A_MILLISECOND
        with self._lock:
            self._last = tick = now if now > self._last else self._last + 1
        return tick


_ticks = _Ticks()


def new_id() -> UUID:
    """Make a UUIDv7 that sorts after every earlier one of this process (RFC 9562, 5.7 and 6.2 method 3)."""
    tick = _ticks.next()
    fields = tick >> 12 << 80 | (tick & 0xFFF) << 64 | int.from_bytes(urandom(8)) >> 2
    return uuid_of(fields | _VERSION_AND_VARIANT)


def derived_id(milliseconds: int, sequence: int) -> UUID:
    """Make the UUIDv7 that always belongs to this moment and number, for data that must come out the same each time."""
    return uuid_of(milliseconds << 80 | sequence | _VERSION_AND_VARIANT)


def uuid_of(number: int) -> UUID:
    """Make the UUID of a number of 128 bits."""
    id = UUID.__new__(UUID)
    # Past its constructor, which asks of each way to make one whether it is that; refused is to set them as usual.
    object.__setattr__(id, "int", number)
    object.__setattr__(id, "is_safe", _UNKNOWN)
    return id
