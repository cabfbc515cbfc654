"""Cursors: positions in an order, opaque to clients, bound to the order that they were made for."""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from domain.kernel.entity import EntityDescription
from domain.kernel.json_value import Json
from domain.kernel.records import Row, Slice
from domain.kernel.selection import Order, Position
from domain.kernel.specification import Operand, describe_operand
from graphql_api.schema.exposure import entity_named

VERSION = 1
SEAL_SIZE = 8  # bytes: enough that guessing is hopeless, short enough for a URL


class MalformedCursor(ValueError):
    """A text is no cursor of this server, or one of another list or order."""

    def __init__(self, fault: str = "is not a cursor of this API; send one back as it was received") -> None:
        super().__init__(fault)


def encode_cursor(key: bytes, entity: EntityDescription, order: Order, position: Position) -> str:
    """Write a position in an order, sealed with a key so that a change to it is noticed."""
    return _sealed(key, _fingerprint(entity.name, order), position)


class CursorWriter:
    """Writes the cursors of one list, whose order is mostly the one that it had before."""

    def __init__(self, entity: EntityDescription) -> None:
        self._entity = entity
        self._order: Order | None = None
        self._mark = ""

    def __call__(self, part: Slice, values: Row, key: bytes) -> str:
        """Write the place of a row, sealed with a key."""
        if part.order is not self._order:
            self._order, self._mark = part.order, _fingerprint(self._entity.name, part.order)
        return _sealed(key, self._mark, part.place(values))


def decode_cursor(key: bytes, entity: EntityDescription, order: Order, cursor: str) -> Position:
    """Read a position in an order. Raises MalformedCursor."""
    version, fingerprint, *values = orjson.loads(_unsealed(key, cursor))
    if version != VERSION:
        raise MalformedCursor("is a cursor of another version of this API; start again from the first page")
    if fingerprint != _fingerprint(entity.name, order):
        raise MalformedCursor("is a cursor of another list or order; use it with the orderBy that it came from")
    return tuple(_read(entity, key.field, value) for key, value in zip(order, values, strict=True))


def _sealed(key: bytes, fingerprint: str, position: Position) -> str:
    content = orjson.dumps([VERSION, fingerprint, *map(_written, position)])
    return urlsafe_b64encode(_seal(key, content) + content).decode().rstrip("=")


def _seal(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2s(content, key=key, digest_size=SEAL_SIZE).digest()


def _unsealed(key: bytes, cursor: str) -> bytes:
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise MalformedCursor from error
    seal, content = sealed[:SEAL_SIZE], sealed[SEAL_SIZE:]
    if not hmac.compare_digest(seal, _seal(key, content)):
        raise MalformedCursor
    return content


def _written(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal() | UUID():
            return str(value)
        case date():
            return value.isoformat()
        case Json():
            return value.text
        case _:
            return value


READERS: Mapping[type, Callable[[Any], Any]] = {
    Decimal: Decimal,
    UUID: UUID,
    Json: Json,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _read(entity: EntityDescription, operand: Operand, value: Any) -> Any:
    field = describe_operand(operand, entity, entity_named)
    if value is None:
        return None
    return field.type(value) if issubclass(field.type, Enum) else READERS.get(field.type, _same)(value)


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=1024)
def _fingerprint(entity: str, order: Order) -> str:
    keys = [(str(key.field), key.direction.value, key.nulls_first) for key in order]
    return hashlib.blake2s(repr((entity, keys)).encode(), digest_size=6).hexdigest()
