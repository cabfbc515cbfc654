"""Membership in a list of any length: the list is one value of the statement, whose text is always the same.

As values of their own, PostgreSQL takes no more than 32,767 of them, and every number of them is another statement.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self, TypeAlias

from sqlalchemy import Boolean, ColumnElement, Dialect, Select, Text, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from graphql_api.persistence.composite_keys import among_keys
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.mysql_dialect import collation, is_mariadb

Values: TypeAlias = Sequence[Any] | Hole | Select[Any]
"""Several values, the place where they go, or what selects them."""

# What a value is in JSON, by what it is in Python.
_ON_MYSQL: Final[Mapping[type, str]] = {
    bool: "TINYINT",
    int: "BIGINT",
    float: "DOUBLE",
    Decimal: "DECIMAL(65, 30)",
    datetime: "DATETIME(6)",
    date: "DATE",
}


class _ListOf(TypeDecorator[Sequence[Any]]):
    """Lists of values of one type: an array on PostgreSQL, elsewhere JSON of the values as they are stored."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Give what writes a list; SQLAlchemy's arrays would look into each for lists of lists."""
        process = self.item.dialect_impl(dialect).bind_processor(dialect)
        if dialect.name == "postgresql":
            return None if process is None else lambda values: list(map(process, values))
        # Only MySQL takes decimals and days as they are.
        return lambda values: json.dumps(list(map(process or _same, values)), ensure_ascii=False, default=str)


def _same(value: Any) -> Any:
    return value


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        # It is a condition already. SQLAlchemy would append `= 1`, for which SQLite looks into no index.
        del against
        return self


def among(column: ColumnElement[Any], values: Values) -> ColumnElement[bool]:
    """Ask whether a column has one of several values; nothing is among none."""
    keys = None if isinstance(values, Select) else among_keys(column, values)
    return _Among(column, listed(values, column.type)) if keys is None else keys


def listed(values: Values, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Give several values of one type as the one value of a statement."""
    if isinstance(values, Select):
        # PostgreSQL takes any list for one of ten. A subquery it might take for one of many, and read a whole table.
        return func.array(values.scalar_subquery(), type_=_ListOf(kind))
    return literal(values if isinstance(values, Hole) else list(values), _ListOf(kind))


@compiles(_Among, "postgresql")
def _for_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    return f"({compiler.process(column, **options)} = ANY ({compiler.process(values, **options)}))"


@compiles(_Among, "sqlite")
def _for_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    column_text, values_text = compiler.process(column, **options), compiler.process(values, **options)
    return f"({column_text} IN (SELECT value FROM json_each({values_text})))"  # noqa: S608  # of compiled parts alone


@compiles(_Among, "mysql")
def _for_mysql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    stored = column.type
    while isinstance(stored, TypeDecorator):
        stored = stored.load_dialect_impl(compiler.dialect)
    text = f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {collation(is_mariadb(compiler.dialect))}"
    kind = _ON_MYSQL.get(stored.python_type, text)
    column_text, values_text = compiler.process(column, **options), compiler.process(values, **options)
    listed = f"JSON_TABLE({values_text}, '$[*]' COLUMNS (value {kind} PATH '$')) AS listed"
    return f"({column_text} IN (SELECT value FROM {listed}))"  # noqa: S608  # of compiled parts alone
