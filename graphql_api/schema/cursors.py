"""Cursors: positions in an order, opaque to clients, bound to the order that they were made for."""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

import orjson

from domain.kernel.description import FieldDescription
from domain.kernel.entity import EntityDescription
from domain.kernel.identity import read_identity
from domain.kernel.json_value import Json
from domain.kernel.records import Row, Slice
from domain.kernel.selection import Order, Position
from domain.kernel.specification import describe_operand
from graphql_api.schema.exposure import entity_named

VERSION = 1
SEAL_SIZE = 8  # bytes: enough that guessing is hopeless, short enough for a URL
_FOR_URLS = bytes.maketrans(b"+/", b"-_")


class MalformedCursor(ValueError):
    """A text is no cursor of this server, or one of another list or order."""

    def __init__(self, fault: str = "is not a cursor of this API; send one back as it was received") -> None:
        super().__init__(fault)


def encode_cursor(key: bytes, entity: EntityDescription, order: Order, position: Position) -> str:
    """Write a position in an order, sealed with a key so that a change to it is noticed."""
    (cursor,) = _Sealing(key, entity, order).sealed([[value] for value in position])
    return cursor


class CursorWriter:
    """Writes the cursors of one list, whose order and key are mostly those that it had before."""

    def __init__(self, entity: EntityDescription) -> None:
        self._entity = entity
        self._last: tuple[Order, bytes, _Sealing] | None = None

    def __call__(self, part: Slice, rows: Sequence[Row], key: bytes) -> list[str]:
        """Write the places of some rows of a slice, sealed with a key."""
        if self._last is None or part.order is not self._last[0] or key is not self._last[1]:
            self._last = part.order, key, _Sealing(key, self._entity, part.order)
        sealing, places = self._last[2], part.records.columns
        return sealing.sealed([map(itemgetter(places[name]), rows) for name in sealing.names])


def decode_cursor(key: bytes, entity: EntityDescription, order: Order, cursor: str) -> Position:
    """Read a position in an order. Raises MalformedCursor."""
    version, fingerprint, *values = orjson.loads(_unsealed(key, cursor))
    if version != VERSION:
        raise MalformedCursor("is a cursor of another version of this API; start again from the first page")
    if fingerprint != _fingerprint(entity.name, order):
        raise MalformedCursor("is a cursor of another list or order; use it with the orderBy that it came from")
    readers = map(_reader, _fields(entity, order))
    return tuple([None if value is None else read(value) for read, value in zip(readers, values, strict=True)])


class _Sealing:
    """Seals positions in an order. What can be done for several at once is not done for each."""

    __slots__ = ("_mark", "_seal", "_writers", "names")

    def __init__(self, key: bytes, entity: EntityDescription, order: Order) -> None:
        self.names = [str(one.field) for one in order]
        self._mark, self._seal = _fingerprint(entity.name, order), _empty_seal(key)
        self._writers = list(map(_writer, _fields(entity, order)))

    def sealed(self, columns: Iterable[Iterable[Any]]) -> list[str]:
        """Seal positions, given as the values of each key of the order."""
        copy, sealed = self._seal.copy, []
        written = [write(values) for write, values in zip(self._writers, columns, strict=True)]
        for content in map(orjson.dumps, zip(repeat(VERSION), repeat(self._mark), *written, strict=False)):
            seal = copy()
            seal.update(content)
            sealed.append(b2a_base64(seal.digest() + content))
        return b"".join(sealed).translate(_FOR_URLS, b"=").decode().splitlines()


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


# What JSON has no values for; of enumerations the values are written.
WRITERS: Mapping[type, Callable[[Any], str]] = {
    Decimal: str,
    UUID: str,
    Json: attrgetter("text"),
    datetime: datetime.isoformat,
    date: date.isoformat,
}
READERS: Mapping[type, Callable[[Any], Any]] = {
    Decimal: Decimal,
    UUID: read_identity,
    Json: Json,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _fields(entity: EntityDescription, order: Order) -> list[FieldDescription]:
    return [describe_operand(key.field, entity, entity_named) for key in order]


def _writer(field: FieldDescription) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """Make what writes the values of a key as JSON has them."""
    write = WRITERS.get(field.type)
    if write is None:
        return iter
    return partial(map, (lambda value: None if value is None else write(value)) if field.nullable else write)


def _reader(field: FieldDescription) -> Callable[[Any], Any]:
    return field.type if issubclass(field.type, Enum) else READERS.get(field.type, _same)


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=1024)
def _fingerprint(entity: str, order: Order) -> str:
    keys = [(str(key.field), key.direction.value, key.nulls_first) for key in order]
    return hashlib.blake2s(repr((entity, keys)).encode(), digest_size=6).hexdigest()
