"""Rows of things that were just stored, without reading them: as they would be read, or none where that is not sure."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import BigInteger, Boolean, Date, FromClause, Text, Uuid
from sqlalchemy.types import TypeEngine

from domain.kernel.description import describe_fields
from domain.kernel.entity import Entity
from domain.kernel.identity import key_of
from domain.kernel.records import Row
from domain.kernel.selection import Selection, Wanted, Written
from graphql_api.persistence.conversions import Convert
from graphql_api.persistence.keys import KeyOf
from graphql_api.persistence.rows import mapping
from graphql_api.persistence.types import EnumText, ExactDecimal, UtcDateTime
from graphql_api.persistence.written import writer

MOST_SELECTIONS: Final = 1_024

_Make: TypeAlias = Callable[[Entity], Row]


class _Unsure(Exception):
    """What is stored may come back otherwise."""


def stored_row(table: FromClause, thing: Entity, selection: Selection) -> Row | None:
    """Give what is selected of a thing, or None where the database has to be asked."""
    if selection.related or selection.measured:
        return None
    kind: Any = type(thing)  # mypy takes classes of eq=False dataclasses for unhashable
    make = _maker(kind, table, selection.fields)
    return None if make is None else make(thing)


@lru_cache(MOST_SELECTIONS)
def _maker(kind: type[Entity], table: FromClause, fields: tuple[Wanted, ...]) -> _Make | None:
    """Write the function that makes the row of a selection."""
    wanted: list[Wanted | KeyOf] = [*dict.fromkeys(("id", *fields)), KeyOf("id")]
    try:
        make = mapping({str(one): _read_as(kind, table, one) for one in wanted})
    except _Unsure:
        return None
    values = attrgetter(*(one if isinstance(one, str) else one.field for one in wanted))
    return lambda thing: make(values(thing))


def _read_as(kind: type[Entity], table: FromClause, wanted: Wanted | KeyOf) -> Convert | None:
    """Give what makes the value that is read of one that is stored; None where they are the same."""
    if isinstance(wanted, KeyOf):
        return key_of
    if not isinstance(wanted, Written):
        return _read(table.c[wanted].type)
    read, write = _read(table.c[wanted.field].type), writer(describe_fields(kind)[wanted.field].type, wanted.tag)
    return write if read is None else lambda value: write(read(value))


def _read(kind: TypeEngine[Any]) -> Convert | None:
    match kind:
        case ExactDecimal(quantum=quantum):
            return lambda value: _scaled(value, quantum)
        case UtcDateTime():
            return _in_utc
        case Uuid() | BigInteger() | Boolean() | Date() | EnumText() | Text():
            return None
        case _:
            raise _Unsure


def _scaled(value: Decimal, quantum: Decimal) -> Decimal:
    # Stored was only what fits, so that nothing is rounded. A zero has no sign in a database.
    scaled = value.quantize(quantum)
    return scaled or abs(scaled)


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)
