"""What drivers give, made into finished values: a function for each statement, from the types of its columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias

from asyncpg.pgproto.pgproto import UUID
from sqlalchemy import Dialect, Float, Numeric, Uuid
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.sums import LargeDecimal
from graphql_api.persistence.types import EnumText, ExactDecimal, UtcDateTime

Convert: TypeAlias = Callable[[Any], Any]
Row: TypeAlias = Mapping[str, Any]
Finish: TypeAlias = Callable[[Sequence[Any]], Sequence[Row]]
Columns: TypeAlias = Mapping[str, TypeEngine[Any]]


def finisher(columns: Columns, dialect: Dialect) -> Finish:
    """Make the function that turns the driver's rows into mappings of finished values by the names of the columns."""
    return _of_tuples(columns, dialect) if dialect.name == "sqlite" else _of_records(columns, dialect)


def _of_records(columns: Columns, dialect: Dialect) -> Finish:
    """Leave asyncpg's records as they are, but for what it cannot know or gets wrong."""
    moments = [(name, itemgetter(name)) for name, kind in columns.items() if isinstance(kind, UtcDateTime)]
    converters = {name: convert for name, kind in columns.items() if (convert := _from_postgresql(kind, dialect))}

    def finish(rows: Sequence[Any]) -> Sequence[Row]:
        # PostgreSQL knows Python's first and last moments as infinite ones, which asyncpg gives without a zone.
        endless = {name: _with_zone for name, value in moments if any(map(_is_naive, map(value, rows)))}
        changes = {**converters, **endless}
        if not changes:
            return rows
        return [{**row, **{name: convert(row[name]) for name, convert in changes.items()}} for row in map(dict, rows)]

    return finish


def _is_naive(moment: datetime | None) -> bool:
    return moment is not None and moment.tzinfo is None


def _with_zone(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _from_postgresql(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    match kind:
        case EnumText():
            return _optional(kind.enumeration)
        # asyncpg gives these as they are wanted.
        case Uuid() | Numeric() | Float() | ExactDecimal() | UtcDateTime():
            return None
        case _:
            return _by_sqlalchemy(kind, dialect)


def _of_tuples(columns: Columns, dialect: Dialect) -> Finish:
    """Write the function that converts tuples, so that no loop runs over the columns of each row."""
    converters = {f"_{place}": _from_sqlite(kind, dialect) for place, kind in enumerate(columns.values())}
    values = ", ".join(
        f"{name!r}: " + (f"None if row[{place}] is None else _{place}(row[{place}])" if convert else f"row[{place}]")
        for place, (name, convert) in enumerate(zip(columns, converters.values(), strict=True))
    )
    source = f"lambda rows: [{{{values}}} for row in rows]"
    finish: Finish = eval(source, dict(converters))  # noqa: S307  # written above, of quoted names and of numbers
    return finish


def _from_sqlite(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    match kind:
        case Uuid():
            return _uuid  # asyncpg's, which is uuid.UUID but for being made eight times as fast
        case UtcDateTime():
            return _moment
        case LargeDecimal():
            return lambda value: kind.process_result_value(value, dialect)
        case ExactDecimal(scale=scale):
            return lambda units: Decimal(units).scaleb(-scale)
        case EnumText(enumeration=enumeration):
            return enumeration
        case Float():
            return None
        case _:
            return _by_sqlalchemy(kind, dialect)


def _uuid(text: str) -> UUID:
    return UUID(text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def _by_sqlalchemy(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _optional(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)
