"""Membership in a list of any length: the list is one value of the statement, whose text is always the same.

As values of their own, PostgreSQL takes no more than 32,767 of them, and every number of them is another statement.
"""

import json
from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from graphql_api.persistence.holes import Hole


class _ListOf(TypeDecorator[Sequence[Any]]):
    """Lists of values of one type: an array, or JSON of the values as SQLite stores them."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        processed = self.item.dialect_impl(dialect).bind_processor(dialect)
        return json.dumps([processed(one) for one in value] if processed else list(value))


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        # It is a condition already. SQLAlchemy would append `= 1`, for which SQLite looks into no index.
        del against
        return self


def among(column: ColumnElement[Any], values: Sequence[Any] | Hole) -> ColumnElement[bool]:
    """Ask whether a column has one of several values; nothing is among none."""
    return _Among(column, literal(values if isinstance(values, Hole) else list(values), _ListOf(column.type)))


@compiles(_Among, "postgresql")
def _for_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    return f"({compiler.process(column, **options)} = ANY ({compiler.process(values, **options)}))"


@compiles(_Among, "sqlite")
def _for_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    column_text, values_text = compiler.process(column, **options), compiler.process(values, **options)
    return f"({column_text} IN (SELECT value FROM json_each({values_text})))"  # noqa: S608  # of compiled parts alone
