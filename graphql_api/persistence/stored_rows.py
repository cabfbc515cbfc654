"""Rows of things that were just stored, without reading them: as they would be read, or none where that is not sure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias, cast

from sqlalchemy import BigInteger, Boolean, Date, FromClause, Text, Uuid
from sqlalchemy.types import TypeEngine

from domain.kernel.entity import Entity, EntityDescription, values_of
from domain.kernel.records import Row
from domain.kernel.selection import Selection, Written
from domain.kernel.specification import EVERYTHING, Specification, leads_elsewhere
from graphql_api.persistence.types import EnumText, ExactDecimal, UtcDateTime
from graphql_api.persistence.written import writer

Read: TypeAlias = Callable[[Any], Any]
"""Gives a value as it is read once it was stored."""


def stored_row(
    entity: EntityDescription, table: FromClause, thing: Entity, selection: Selection, policy: Specification
) -> Row | None:
    """Give what is selected of a thing by a viewer with a policy, or None where the database has to be asked."""
    reads = _reads(table)
    if reads is None or selection.related or selection.measured or leads_elsewhere(policy):
        return None
    values = values_of(thing)
    if policy != EVERYTHING and not policy.is_satisfied_by(values):
        # Nobody is told why there is nothing, so the way to find that out is the usual one.
        return None
    row = {name: read(values[name]) for name, read in _wanted(reads, selection.names)}
    for one in selection.fields:
        if isinstance(one, Written):
            value = row[one.field]
            row[str(one)] = None if value is None else writer(entity.fields[one.field].type, one.tag)(value)
    return row


def _wanted(reads: Mapping[str, Read], names: Iterable[str]) -> Iterable[tuple[str, Read]]:
    return [(name, reads[name]) for name in ("id", *names)]


@cache
def _reads(table: FromClause) -> Mapping[str, Read] | None:
    """Tell how each column of a table is read, or None where one of them might come back otherwise."""
    reads = {column.name: _read(column.type) for column in table.c}
    return None if None in reads.values() else cast(Mapping[str, Read], reads)


def _read(kind: TypeEngine[Any]) -> Read | None:
    match kind:
        case ExactDecimal(quantum=quantum):
            return lambda value: _scaled(value, quantum)
        case UtcDateTime():
            return _in_utc
        case Uuid() | BigInteger() | Boolean() | Date() | EnumText() | Text():
            return _unchanged
        case _:
            return None


def _scaled(value: Decimal | None, quantum: Decimal) -> Decimal | None:
    # Stored was only what fits, so that nothing is rounded. A zero has no sign in a database.
    return None if value is None else abs(value.quantize(quantum)) if not value else value.quantize(quantum)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _unchanged(value: Any) -> Any:
    return value
