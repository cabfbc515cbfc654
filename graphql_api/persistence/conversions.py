"""How each driver's values are converted, by the types of their columns; None where they come as they are wanted."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from asyncpg.pgproto.pgproto import UUID
from sqlalchemy import Dialect, Float, Numeric, Uuid
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.foreign import IntegerKey, numbered
from graphql_api.persistence.keys import KeyType
from graphql_api.persistence.sums import LargeDecimal
from graphql_api.persistence.types import EnumText, ExactDecimal, UtcDateTime
from graphql_api.persistence.written import WrittenText

Convert: TypeAlias = Callable[[Any], Any]


def from_postgresql(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Give what converts the values of asyncpg."""
    match kind:
        case WrittenText():
            return None if kind.expression else _told(kind, from_postgresql(kind.of, dialect))
        case KeyType():
            return None
        case EnumText():
            return _Members(kind.enumeration).__getitem__
        # asyncpg gives these as they are wanted.
        case IntegerKey() | Uuid() | Numeric() | Float() | ExactDecimal() | UtcDateTime():
            return None
        case _:
            return _by_sqlalchemy(kind, dialect)


def from_sqlite(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Give what converts the values of SQLite."""
    match kind:
        case WrittenText():
            return _told(kind, from_sqlite(kind.of, dialect))
        case KeyType():
            return kind.converter(from_sqlite(kind.of, dialect))
        case Uuid():
            return _uuid  # asyncpg's, which is uuid.UUID but for being made eight times as fast
        case IntegerKey():
            return numbered
        case UtcDateTime():
            return _moment
        case LargeDecimal():
            return lambda value: kind.process_result_value(value, dialect)
        case ExactDecimal(scale=scale):
            return lambda units: Decimal(units).scaleb(-scale)
        case EnumText(enumeration=enumeration):
            return _Members(enumeration).__getitem__
        case Float():
            return None
        case _:
            return _by_sqlalchemy(kind, dialect)


def from_mysql(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Give what converts the values of asyncmy."""
    match kind:
        case WrittenText():
            return _told(kind, from_mysql(kind.of, dialect))
        case UtcDateTime():
            return with_zone
        # asyncmy gives these as they are wanted.
        case ExactDecimal() | Float():
            return None
        case _:
            # What is read there is told in the same texts and numbers as on SQLite.
            return from_sqlite(kind, dialect)


def _told(kind: WrittenText, convert: Convert | None) -> Convert | None:
    """Write what a column holds; members of enumerations are stored as they are told."""
    if isinstance(kind.of, EnumText):
        return None
    write = kind.write
    return write if convert is None else lambda value: write(convert(value))


def with_zone(moment: datetime) -> datetime:
    """Say of a moment that it is of UTC."""
    return moment.replace(tzinfo=UTC)


def _uuid(text: str) -> UUID:
    return UUID(text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def _by_sqlalchemy(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


class _Members(dict[str, Enum]):
    """The members of an enumeration by value; looking one up takes a fifth of calling the enumeration."""

    def __init__(self, enumeration: type[Enum]) -> None:
        super().__init__({member.value: member for member in enumeration})
        self._enumeration = enumeration

    def __missing__(self, value: str) -> Enum:
        return self._enumeration(value)
