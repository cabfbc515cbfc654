"""Tables that others made, read as if they were ours: their keys as identities, their values in the types of fields.

What is here are expressions over columns. Keys of a number become identities without a loss, and identities carry most
others, so that the database finds them by its own index; the rest become fingerprints, worked out for every row.
"""

import hashlib
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from asyncpg.pgproto import pgproto
from sqlalchemy import BigInteger, ColumnElement, Dialect, FromClause, Table, Uuid, case, null, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from graphql_api.persistence.composite_keys import with_parts

SQLITE_FINGERPRINT: Final = "fingerprint"
MOST_NUMBERED: Final = 16_384
POSTGRESQL_NUMBERED: Final = (
    "CAST('0000000000000000' || lpad(to_hex(CAST({column} AS BIGINT) # (-9223372036854775807 - 1)), 16, '0') AS UUID)"
)
_LEAST: Final = -(2**63)
_SEPARATOR, _ABSENT = "\x1f", "\x1e"


@lru_cache(MOST_NUMBERED)  # of references, a few are met again and again
def numbered(number: int) -> UUID:
    """Give the identity of a number, which asyncpg makes in a third of the time."""
    identity: UUID = pgproto.UUID((number - _LEAST).to_bytes(16, "big"))
    return identity


class IntegerKey(TypeDecorator[UUID]):
    """Identities that stand for integers, in the same order."""

    impl = BigInteger
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Have PostgreSQL give the identity: asyncpg makes it in less time than Python, and leaves the row as it is."""
        return _Numbered(column)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> int | None:
        """Give the number; an identity that stands for none is equal to nothing."""
        del dialect
        number = None if value is None else value.int + _LEAST
        return number if number is not None and number <= -_LEAST - 1 else None

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Give the identity of a number."""
        return value if value is None or dialect.name == "postgresql" else numbered(value)


class _Numbered(FunctionElement[UUID]):
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


class _Fingerprint(FunctionElement[UUID]):
    type = Uuid()
    inherit_cache = True


def fingerprint(*columns: ColumnElement[Any]) -> ColumnElement[UUID]:
    """Make an identity of several values, whatever they are."""
    return _Fingerprint(*columns)


def reference(*columns: ColumnElement[Any]) -> ColumnElement[UUID | None]:
    """Make the identity of what several columns refer to together, if none of them is absent."""
    return case((or_(*(column.is_(None) for column in columns)), null()), else_=fingerprint(*columns))


def indexed(name: str) -> str:
    """Name a column by which an index finds what is then compared exactly, as a field's expression reads it."""
    return f"{name}.indexed"  # no field has a dot in its name


def indexed_column(column: ColumnElement[Any]) -> ColumnElement[Any] | None:
    """Find the column that an index may have, if there is one beside what is compared."""
    rows = getattr(column, "table", None)
    return None if rows is None else rows.c.get(indexed(column.key or ""))


def rows_of(table: FromClause, *columns: ColumnElement[Any]) -> Table:
    """Read other tables' rows by the names of our fields. Nothing can be written through them."""
    # They are asked for their columns alone, as a table is; only a unit of work needs more.
    return cast(Table, select(*with_parts(columns)).select_from(table).subquery())


def sqlite_fingerprint(*values: object) -> str:
    """Work out a fingerprint as PostgreSQL does, for SQLite, which has no such function."""
    text = _SEPARATOR.join(_ABSENT if value is None else str(value) for value in values)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@compiles(_Numbered)
def _as_it_is(element: _Numbered, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    text: str = compiler.process(column, **options)
    return text


@compiles(_Numbered, "postgresql")
def _numbered_by_postgresql(element: _Numbered, compiler: SQLCompiler, **options: Any) -> str:
    return POSTGRESQL_NUMBERED.format(column=_as_it_is(element, compiler, **options))


@compiles(_Fingerprint, "postgresql")
def _for_postgresql(element: _Fingerprint, compiler: SQLCompiler, **options: Any) -> str:
    texts = [f"coalesce(({compiler.process(one, **options)})::text, chr(30))" for one in element.clauses]
    return f"md5(concat_ws(chr(31), {', '.join(texts)}))::uuid"


@compiles(_Fingerprint, "sqlite")
def _for_sqlite(element: _Fingerprint, compiler: SQLCompiler, **options: Any) -> str:
    return f"{SQLITE_FINGERPRINT}({', '.join(compiler.process(one, **options) for one in element.clauses)})"


@compiles(_Fingerprint, "mysql")
def _for_mysql(element: _Fingerprint, compiler: SQLCompiler, **options: Any) -> str:
    texts = [
        f"coalesce(CAST({compiler.process(one, **options)} AS CHAR), char(30 USING utf8mb4))" for one in element.clauses
    ]
    return f"md5(concat_ws(char(31 USING utf8mb4), {', '.join(texts)}))"
