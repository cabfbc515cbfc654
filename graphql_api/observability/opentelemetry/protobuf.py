"""Protocol buffers, as far as spans are made of them."""

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from graphql_api.observability.opentelemetry.recorded import LONGEST_ATTRIBUTE

_MOST_KEPT: Final = 4_096
_LARGEST: Final = 2**63
_DOUBLE: Final = struct.Struct("<Bd")


class OutOfTheOrdinary(Exception):
    """Something has a value that is not written here."""


@lru_cache(_MOST_KEPT, typed=True)
def attribute(name: str, value: Any) -> bytes:
    """Write an attribute of a span. Raises OutOfTheOrdinary, or TypeError for a list."""
    return field(0x4A, field(0x0A, text(name)) + field(0x12, _value(value)))


def text(text: str) -> bytes:
    """Write a text, whatever is in it."""
    return text.encode(errors="replace")


def field(tag: int, content: bytes) -> bytes:
    """Write a field that holds something with a length."""
    return head(tag, len(content)) + content


@lru_cache(_MOST_KEPT)
def head(tag: int, size: int) -> bytes:
    """Write what stands before so many bytes of a field."""
    return bytes((tag, *_varint(size)))


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return bytes((0x10, value))
        case str():
            return field(0x0A, text(value[:LONGEST_ATTRIBUTE]))
        case int() if -_LARGEST <= value < _LARGEST:
            return b"\x18" + bytes(_varint(value % (2 * _LARGEST)))
        case float():
            return _DOUBLE.pack(0x21, value + 0.0)  # there is one zero, as what is kept has both for equal
        case _:
            raise OutOfTheOrdinary


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
