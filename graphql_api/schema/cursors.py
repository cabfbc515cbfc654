"""Cursors: positions in an order, opaque to clients, bound to the order that they were made for."""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from domain.kernel.entity import EntityDescription
from domain.kernel.selection import Order, Position
from domain.kernel.validation import type_fault

VERSION = 1


class MalformedCursor(ValueError):
    """A text is no cursor of this server, or one of another list or order."""


def encode_cursor(entity: EntityDescription, order: Order, position: Position) -> str:
    """Write a position in an order."""
    values = [_written(value) for value in position]
    content = orjson.dumps([VERSION, _fingerprint(entity.name, order), *values])
    return urlsafe_b64encode(content).decode().rstrip("=")


def decode_cursor(entity: EntityDescription, order: Order, cursor: str) -> Position:
    """Read a position in an order. Raises MalformedCursor."""
    try:
        version, fingerprint, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise MalformedCursor("is not a cursor of this API; send one back as it was received") from error
    if version != VERSION:
        raise MalformedCursor("is a cursor of another version of this API; start again from the first page")
    if fingerprint != _fingerprint(entity.name, order):
        raise MalformedCursor("is a cursor of another list or order; use it with the orderBy that it came from")
    return tuple(_read(entity, key.field, value) for key, value in zip(order, values, strict=True))


def _written(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal() | UUID():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return value


READERS: Mapping[type, Callable[[Any], Any]] = {
    Decimal: Decimal,
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _read(entity: EntityDescription, name: str, value: Any) -> Any:
    field = entity.fields[name]
    if value is None and field.nullable:
        return None
    try:
        read = field.type(value) if issubclass(field.type, Enum) else READERS.get(field.type, lambda same: same)(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise MalformedCursor("is not a cursor of this API; send one back as it was received") from error
    if type_fault(read, field.type):
        raise MalformedCursor("is not a cursor of this API; send one back as it was received")
    return read


@lru_cache(maxsize=1024)
def _fingerprint(entity: str, order: Order) -> str:
    keys = [(key.field, key.direction.value, key.nulls_first) for key in order]
    return hashlib.blake2s(repr((entity, keys)).encode(), digest_size=6).hexdigest()
