"""What PostgreSQL tells in tables of its own, which SQLAlchemy does not ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text, types
from sqlalchemy.types import TypeEngine

# `char` of no declared length, which SQLAlchemy does not know, and a single byte, which drivers do not take for text.
_PADDED: Final = ("bpchar", '"char"')
_SIZE: Final = re.compile(r"\((?P<first>\d+)(?:,(?P<second>-?\d+))?\)$")

_SPELLED = text(
    """
    WITH RECURSIVE declared (name, type, modifier, spelling, readable) AS (
        SELECT attname, atttypid, atttypmod, format_type(atttypid, atttypmod),
            has_column_privilege(attrelid, attnum, 'SELECT') FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = coalesce(:schema, current_schema()) AND relname = :name AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT name, typbasetype, typtypmod, spelling, readable FROM declared
        JOIN pg_type ON pg_type.oid = type WHERE typtype = 'd'
    )
    SELECT declared.name, spelling, max(format_type(type, modifier)) FILTER (WHERE typtype <> 'd') AS base,
        bool_or(typdefault IS NOT NULL AND typtype = 'd') AS filled,
        array_remove(array_agg(pg_get_expr(conbin, 0)), NULL) AS conditions, readable
    FROM declared JOIN pg_type ON pg_type.oid = type LEFT JOIN pg_constraint ON contypid = type AND contype = 'c'
    GROUP BY declared.name, spelling, readable
    """
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A type as PostgreSQL writes it, what a domain is made of, its default, and what it demands of a VALUE.

    A column of it is `readable` where whoever asks may read that.
    """

    type: str
    base: str
    filled: bool
    conditions: tuple[str, ...]
    readable: bool


def spellings(connection: Connection, schema: str | None, name: str) -> Mapping[str, Spelling]:
    """Tell the types of a table's columns by their names."""
    found = connection.execute(_SPELLED, {"schema": schema, "name": name})
    return {
        row.name: Spelling(row.spelling, row.base, row.filled, tuple(row.conditions), row.readable) for row in found
    }


def sized(kind: TypeEngine[Any], spelling: Spelling) -> TypeEngine[Any]:
    """Give a type the size that its domain declares, which SQLAlchemy leaves out."""
    size = _SIZE.search(spelling.base)
    if spelling.type in _PADDED:
        return types.CHAR()
    match kind:
        case types.String() if size and kind.length is None and not isinstance(kind, types.Enum):
            return type(kind)(int(size["first"]))
        case types.Numeric() if size and kind.precision is None:
            return types.NUMERIC(int(size["first"]), int(size["second"] or 0))
        case _:
            return kind
