"""Values as the texts that tell them: made by PostgreSQL where it is as exact and costs less, else from what is read.

asyncpg makes an object of each value, which is then written again; a text is handed through.
"""

from binascii import b2a_base64
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, Uuid
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.foreign import POSTGRESQL_NUMBERED, IntegerKey
from graphql_api.persistence.types import ExactDecimal, UtcDateTime

Write: TypeAlias = Callable[[Any], str]

FINEST: Final = 6
"""The decimal places up to which Python writes no exponent."""

# PostgreSQL breaks long base64 into lines, so it writes no more of it than it has to: what begins them all is known.
_TAGGED: Final = "{head} || encode(CAST({rest} || CAST({column} AS TEXT) AS BYTEA), 'base64')"
_DECIMAL: Final = "CAST({column} AS TEXT)"
# It writes neither six digits of a second nor none.
_MOMENT: Final = (
    "coalesce(replace(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || '+00:00',"
    " CASE {column} WHEN 'infinity' THEN '9999-12-31T23:59:59.999999+00:00'"
    " WHEN '-infinity' THEN '0001-01-01T00:00:00+00:00' END)"
)


class WrittenText(Text):
    """The texts that tell values of another type: PostgreSQL makes them by an `expression`, or Python by `write`."""

    def __init__(self, of: TypeEngine[Any], write: Write, expression: str | None) -> None:
        super().__init__()
        self.of = of
        self.write = write
        self.expression = expression


class _Written(FunctionElement[str]):
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], tag: str, kind: WrittenText) -> None:
        super().__init__(column)
        self.tag = tag
        self.type = self.kind = kind


def written(column: ColumnElement[Any], kind: type, tag: str, *, exact: bool) -> ColumnElement[str]:
    """Select a column of values of a Python type as texts; `exact` says that PostgreSQL has just the column's type."""
    expression = _by_postgresql(column.type, exact=exact)
    return _Written(column, tag, WrittenText(column.type, writer(kind, tag), expression))


def _by_postgresql(kind: TypeEngine[Any], *, exact: bool) -> str | None:
    match kind:
        case Uuid():
            return _TAGGED
        case IntegerKey():
            return _TAGGED.replace("{column}", POSTGRESQL_NUMBERED)
        case ExactDecimal(scale=int(scale)) if scale <= FINEST:
            return _DECIMAL
        # Other people's moments may have no zone.
        case UtcDateTime() if exact:
            return _MOMENT
        case _:
            return None


@cache
def writer(kind: type, tag: str) -> Write:
    """Give what writes values of a Python type as the texts that PostgreSQL makes of them."""
    if issubclass(kind, UUID):
        start = tag.encode()
        return lambda id: b2a_base64(start + str(id).encode(), newline=False).decode()
    if issubclass(kind, datetime):
        # asyncpg gives the first and the last moment without a zone.
        return lambda moment: (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    if issubclass(kind, Enum):
        return lambda member: str(member.value)
    assert issubclass(kind, Decimal), kind  # noqa: S101  # nothing else is asked for as text
    return str


@compiles(_Written, "postgresql")
def _for_postgresql(element: _Written, compiler: SQLCompiler, **options: Any) -> str:
    column, expression = _column(element, compiler, **options), element.kind.expression
    if expression is None:
        return column
    head, rest = (compiler.render_literal_value(part, String()) for part in _parts(element.tag.encode()))
    return expression.format(column=column, head=head, rest=rest)


def _parts(tag: bytes) -> tuple[str, str]:
    """Write as base64 what begins a text, as far as that does not depend on what follows, and the rest as escapes."""
    whole = len(tag) - len(tag) % 3
    return b2a_base64(tag[:whole], newline=False).decode(), "".join(f"\\{byte:03o}" for byte in tag[whole:])


@compiles(_Written, "sqlite")
@compiles(_Written, "mysql")
def _column(element: _Written, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    text: str = compiler.process(column, **options)
    return text
