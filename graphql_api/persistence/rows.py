"""What drivers give, made into finished values: a function for each statement, from the types of its columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, TypeAlias

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.types import TypeEngine

from domain.kernel.records import BY_NAME, Row
from graphql_api.persistence.conversions import Convert, from_mysql, from_postgresql, from_sqlite, with_zone
from graphql_api.persistence.types import UtcDateTime

Finish: TypeAlias = Callable[[Sequence[Any]], list[Row]]
Columns: TypeAlias = Mapping[str, TypeEngine[Any]]

_MOST_PLACES: Final = 4_096


def finisher(columns: Columns, dialect: Dialect) -> Finish:
    """Make the function that turns the driver's rows into mappings of finished values by the names of the columns."""
    if dialect.name == "sqlite":
        return mappings({name: from_sqlite(kind, dialect) for name, kind in columns.items()})
    if dialect.name == "mysql":
        return mappings({name: from_mysql(kind, dialect) for name, kind in columns.items()})
    return _of_records(columns, _in_order(columns), dialect, are_named=True)


def finisher_of_some(columns: Columns, places: Mapping[str, int], dialect: Dialect, *, are_named: bool) -> Finish:
    """Make the same function for some columns of asyncpg's records; tell whether all of them have their names there."""
    return _of_records(columns, places, dialect, are_named=are_named)


def columns_of(row: Row) -> Mapping[str, Any]:
    """Tell by what each column is found in a row: of asyncpg's own by its place, in half the time."""
    return _places((*row.keys(),)) if isinstance(row, asyncpg.Record) else BY_NAME


@lru_cache(_MOST_PLACES)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


def column_of(rows: Sequence[Row], name: str) -> Callable[[Row], Any]:
    """Make what takes a column out of each of some rows."""
    return itemgetter(columns_of(rows[0])[name] if rows else name)


def mappings(columns: Mapping[str, Convert | None]) -> Finish:
    """Write the function that converts rows, so that no loop runs over the columns of each row."""
    return _mappings(columns, _in_order(columns))


def _mappings(columns: Mapping[str, Convert | None], places: Mapping[str, int]) -> Finish:
    finish: Finish = _written("lambda rows: [{row} for row in rows]", columns, places)
    return finish


def mapping(columns: Mapping[str, Convert | None]) -> Callable[[Sequence[Any]], Row]:
    """Write the function that converts one row."""
    finish: Callable[[Sequence[Any]], Row] = _written("lambda row: {row}", columns, _in_order(columns))
    return finish


def _in_order(columns: Mapping[str, Any]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(columns)}


def _written(function: str, columns: Mapping[str, Convert | None], places: Mapping[str, int]) -> Any:
    converters = {f"_{places[name]}": convert for name, convert in columns.items()}
    values = ", ".join(
        f"{name!r}: " + (f"None if (x := row[{place}]) is None else _{place}(x)" if convert else f"row[{place}]")
        for name, convert in columns.items()
        for place in [places[name]]
    )
    return eval(function.replace("{row}", f"{{{values}}}"), dict(converters))  # noqa: S307  # of quoted names and numbers


def _of_records(columns: Columns, places: Mapping[str, int], dialect: Dialect, *, are_named: bool) -> Finish:
    """Leave asyncpg's records as they are, but for what it cannot know or gets wrong."""
    converters = {name: from_postgresql(kind, dialect) for name, kind in columns.items()}
    moments = {name: with_zone for name, kind in columns.items() if isinstance(kind, UtcDateTime)}
    as_they_are = are_named and not any(converters.values())
    usual = _as_they_are if as_they_are else _mappings(converters, places)
    if not moments:
        return usual
    endless, values = _mappings({**converters, **moments}, places), [itemgetter(places[name]) for name in moments]

    def finish(rows: Sequence[Any]) -> list[Row]:
        # PostgreSQL knows Python's first and last moments as infinite ones, which asyncpg gives without a zone.
        has_endless = any(any(map(_is_naive, map(value, rows))) for value in values)
        return endless(rows) if has_endless else usual(rows)

    return finish


def _as_they_are(rows: Sequence[Any]) -> list[Row]:
    return rows if isinstance(rows, list) else [*rows]


def _is_naive(moment: datetime | None) -> bool:
    return moment is not None and moment.tzinfo is None
