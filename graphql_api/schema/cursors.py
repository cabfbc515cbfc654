"""Cursors: positions in an order, opaque to clients, bound to the order that they were made for."""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode
from binascii import b2a_base64
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
_OUR_WAY = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_FOR_URLS = bytes.maketrans(b"+/", b"-_")


class MalformedCursor(ValueError):
    """A text is no cursor of this server, or one of another list or order."""

    def __init__(self, fault: str = "is not a cursor of this API; send one back as it was received") -> None:
        super().__init__(fault)


def encode_cursor(key: bytes, entity: EntityDescription, order: Order, position: Position) -> str:
    """Write a position in an order, sealed with a key so that a change to it is noticed."""
    return _sealed(_empty_seal(key), (VERSION, _fingerprint(entity.name, order), *position))


class CursorWriter:
    """Writes the cursors of one list, whose order and key are mostly those that it had before."""

    def __init__(self, entity: EntityDescription) -> None:
        self._entity = entity
        self._order: Order | None = None
        self._key = b""

    def __call__(self, part: Slice, values: Row, key: bytes) -> str:
        """Write the place of a row, sealed with a key."""
        if part.order is not self._order or key is not self._key:
            self._begin(part.order, key)
        return _sealed(self._seal, (VERSION, self._mark, *[values[name] for name in self._names]))

    def _begin(self, order: Order, key: bytes) -> None:
        self._order, self._key = order, key
        self._names = [str(one.field) for one in order]
        self._mark, self._seal = _fingerprint(self._entity.name, order), _empty_seal(key)


def decode_cursor(key: bytes, entity: EntityDescription, order: Order, cursor: str) -> Position:
    """Read a position in an order. Raises MalformedCursor."""
    version, fingerprint, *values = orjson.loads(_unsealed(key, cursor))
    if version != VERSION:
        raise MalformedCursor("is a cursor of another version of this API; start again from the first page")
    if fingerprint != _fingerprint(entity.name, order):
        raise MalformedCursor("is a cursor of another list or order; use it with the orderBy that it came from")
    return tuple(_read(entity, key.field, value) for key, value in zip(order, values, strict=True))


def _sealed(seal: "hashlib.blake2s", content: tuple[Any, ...]) -> str:
    written = orjson.dumps(content, _written, _OUR_WAY)
    seal = seal.copy()
    seal.update(written)
    return b2a_base64(seal.digest() + written, newline=False).translate(_FOR_URLS).rstrip(b"=").decode()


def _empty_seal(key: bytes) -> "hashlib.blake2s":
    return hashlib.blake2s(key=key, digest_size=SEAL_SIZE)


def _unsealed(key: bytes, cursor: str) -> bytes:
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise MalformedCursor from error
    seal, content = sealed[:SEAL_SIZE], sealed[SEAL_SIZE:]
    expected = _empty_seal(key)
    expected.update(content)
    if not hmac.compare_digest(seal, expected.digest()):
        raise MalformedCursor
    return content


def _written(value: Any) -> Any:
    """Write what JSON has no values for."""
    match value:
        case Decimal() | UUID():
            return str(value)
        case date():
            return value.isoformat()
        case Json():
            return value.text
        case _:
            raise TypeError(type(value).__name__)


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
