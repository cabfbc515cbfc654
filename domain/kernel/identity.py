"""Identities: those that sort by the time they were made, and those that carry a key which others gave."""

import os
import struct
import threading
import time
from collections.abc import Callable
from hashlib import blake2b
from typing import Final, TypeAlias
from uuid import UUID, SafeUUID

_NANOSECONDS_IN_A_MILLISECOND: Final = 1_000_000
_NUMBERS: Final = struct.Struct("=256Q")
_VERSION_AND_VARIANT: Final = 0x7 << 76 | 0b10 << 62
CARRIES: Final = "="
"""What begins the text of an identity that carries a key; no UUID does."""
Key: TypeAlias = str | bytes
"""What tells an identity apart from others, and is hashed in a third of the time."""
_UNKNOWN: Final = SafeUUID.unknown  # to ask an enumeration for a member takes as long as the rest
_set_number: Final = UUID.__dict__["int"].__set__
_set_safety: Final = UUID.__dict__["is_safe"].__set__


def uuid_of(number: int) -> UUID:
    """Make the UUID of a number of 128 bits."""
    id = UUID.__new__(UUID)
    # Past its constructor, which asks of each way to make one whether it is that; refused is to set them as usual.
    _set_number(id, number)
    _set_safety(id, _UNKNOWN)
    return id


def identities() -> Callable[[], UUID]:
    """Give what makes identities, each of which sorts after those that it made before."""
    lock, last = threading.Lock(), 0
    drawn: list[int] = []
    if hasattr(os, "register_at_fork"):
        # What both processes have drawn already would be the same.
        os.register_at_fork(after_in_child=drawn.clear)

    def make() -> UUID:
        nonlocal last
        # Moments of 1/4096 millisecond since the epoch, each given out once and later than the one before.
        tick = (time.time_ns() << 12) // _NANOSECONDS_IN_A_MILLISECOND
        with lock:
            if tick <= last:
                tick = last + 1
            last = tick
        try:
            chance = drawn.pop()
        except IndexError:
            # To ask the system for each takes as long as all else.
            more = _NUMBERS.unpack(os.urandom(_NUMBERS.size))
            chance = more[0]
            drawn.extend(more[1:])
        return uuid_of(tick >> 12 << 80 | (tick & 0xFFF) << 64 | chance >> 2 | _VERSION_AND_VARIANT)

    return make


new_id: Final = identities()
"""Make a UUIDv7 that sorts after every earlier one of this process (RFC 9562, 5.7 and 6.2 method 3)."""


def derived_id(milliseconds: int, sequence: int) -> UUID:
    """Make the UUIDv7 that always belongs to this moment and number, for data that must come out the same each time."""
    return uuid_of(milliseconds << 80 | sequence | _VERSION_AND_VARIANT)


class KeyIdentity(UUID):
    """The identity of a thing that others gave a key: it carries the key, and is compared by a digest of it."""

    __slots__ = ("key",)
    key: str

    def __init__(self, key: str) -> None:
        digest = blake2b(key.encode(), digest_size=16).digest()
        object.__setattr__(self, "int", int.from_bytes(digest))
        object.__setattr__(self, "is_safe", _UNKNOWN)
        object.__setattr__(self, "key", key)

    def __str__(self) -> str:
        return f"{CARRIES}{self.key}"

    def __repr__(self) -> str:
        return f"KeyIdentity({self.key!r})"

    def __reduce__(self) -> tuple[type["KeyIdentity"], tuple[str]]:
        return KeyIdentity, (self.key,)


def key_of(id: UUID) -> Key:
    """Give what an identity is quickly found by: the key that it carries, or else its bytes."""
    return id.key if isinstance(id, KeyIdentity) else id.bytes


def read_identity(text: str) -> UUID:
    """Read an identity from its text. Raises ValueError."""
    return KeyIdentity(text.removeprefix(CARRIES)) if text.startswith(CARRIES) else UUID(text)
