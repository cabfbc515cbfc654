"""Keys of several columns as identities, which are looked for by the columns themselves, so that an index finds them.

Rows that have such an identity have its columns too, by names of no field.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import count, takewhile
from operator import eq
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import CHAR, Boolean, ColumnElement, DateTime, Label, and_, cast, func, literal, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseList
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

from graphql_api.persistence.carried_keys import KeyList, KeyPart, TextKey
from graphql_api.persistence.foreign_types import NamedType
from graphql_api.persistence.holes import Hole

_SPELLINGS: Final[Mapping[type, str]] = {
    int: "BIGINT",
    str: "TEXT",
    date: "DATE",
    datetime: "TIMESTAMP",
    UUID: "UUID",
}


class _Composite(FunctionElement[UUID]):
    type = TextKey()
    inherit_cache = True


class _CompositeReference(_Composite):
    inherit_cache = True


class _AmongKeys(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        del against
        return self


def composite(*columns: ColumnElement[Any]) -> ColumnElement[UUID]:
    """Make the identity that a key of several columns is."""
    return _Composite(*columns)


def composite_reference(*columns: ColumnElement[Any]) -> ColumnElement[Any]:
    """Make the identity of what several columns refer to together, if none of them is absent."""
    return _CompositeReference(*columns)


def with_parts(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Put the columns of composite keys beside them."""
    keys = [column for column in columns if isinstance(column, Label)]
    return [*columns, *(part for key in keys for part in labelled_parts(key.element, key.name))]


def labelled_parts(column: ColumnElement[Any], name: str) -> list[Label[Any]]:
    """Name the columns of a composite key, if it is one, by the name of the key."""
    return [part.label(_part_name(name, place)) for place, part in enumerate(parts_of(column))]


def parts_of(column: ColumnElement[Any]) -> Sequence[ColumnElement[Any]]:
    """Find the columns of a composite key, of which there are none for other columns."""
    if isinstance(column, _Composite):
        return [*column.clauses]
    rows = getattr(column, "table", None)
    if rows is None or not isinstance(column.type, TextKey):
        return ()
    return [*takewhile(_is_there, (rows.c.get(_part_name(column.key or "", place)) for place in count()))]


def same(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Compare identities of rows with each other."""
    pairs = [*zip(parts_of(one), parts_of(other), strict=False)]
    return and_(*(left == right for left, right in pairs)) if pairs else one == other


def compared(
    operator: Callable[[Any, Any], ColumnElement[bool]], column: ColumnElement[Any], value: Any
) -> ColumnElement[bool]:
    """Compare a column with a value, by its parts where it has some."""
    # SQLAlchemy writes truth values as keywords, and refuses to compare those by their order.
    bound = literal(value, column.type)
    parts = parts_of(column)
    if not parts:
        return operator(column, bound)
    values = [_part(part, place, value) for place, part in enumerate(parts)]
    if operator is eq:
        # Columns may take for equal what is not, and an identity may carry what no row has.
        return and_(*map(eq, parts, values), column == bound)
    return operator(tuple_(*parts), tuple_(*values))


def among_keys(column: ColumnElement[Any], values: Sequence[Any] | Hole) -> ColumnElement[bool] | None:
    """Ask whether a column has one of several identities, if it is a composite key."""
    parts = parts_of(column)
    if not parts:
        return None
    listed = values if isinstance(values, Hole) else list(values)
    return _AmongKeys(literal(listed, KeyList(tuple(part.type.python_type for part in parts))), column, *parts)


def directed(
    column: ColumnElement[Any], direct: Callable[[ColumnElement[Any]], ColumnElement[Any]]
) -> ColumnElement[Any]:
    """Sort by a column, by its parts where it has some."""
    parts = parts_of(column)
    # A list of columns stands wherever one to sort by may.
    several: Any = ClauseList(*map(direct, parts), group=False)
    return several if parts else direct(column)


def _part_name(name: str, place: int) -> str:
    return f"{name}.part{place}"  # no field has a dot in its name


def _is_there(column: ColumnElement[Any] | None) -> bool:
    return column is not None


def _part(part: ColumnElement[Any], place: int, value: Any) -> ColumnElement[Any]:
    # From its text, as drivers take the last day of all for one beyond it.
    given = cast(literal(value, KeyPart(place, part.type.python_type)), NamedType(_spelling(part)))
    return func.timezone("UTC", given) if _has_zone(part) else given


def _spelling(part: ColumnElement[Any]) -> str:
    return "BPCHAR" if isinstance(part.type, CHAR) else _SPELLINGS[part.type.python_type]


def _has_zone(part: ColumnElement[Any]) -> bool:
    return isinstance(part.type, DateTime) and part.type.timezone


@compiles(_Composite, "postgresql")
def _as_json(element: _Composite, compiler: SQLCompiler, **options: Any) -> str:
    texts = (_written(one, compiler.process(one, **options)) for one in element.clauses)
    return f"CAST(json_build_array({', '.join(texts)}) AS TEXT)"


def _written(part: ColumnElement[Any], text: str) -> str:
    """Write what does not depend on the length of a column or on the zone of a connection."""
    if isinstance(part.type, CHAR):
        return f"CAST({text} AS TEXT)"
    return f"timezone('UTC', {text})" if _has_zone(part) else text


@compiles(_Composite, "sqlite")
def _as_json_of_sqlite(element: _Composite, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array({', '.join(compiler.process(one, **options) for one in element.clauses)})"


@compiles(_CompositeReference, "postgresql")
@compiles(_CompositeReference, "sqlite")
def _unless_absent(element: _CompositeReference, compiler: SQLCompiler, **options: Any) -> str:
    write = _as_json_of_sqlite if compiler.dialect.name == "sqlite" else _as_json
    there = " AND ".join(f"{compiler.process(one, **options)} IS NOT NULL" for one in element.clauses)
    return f"CASE WHEN {there} THEN {write(element, compiler, **options)} END"


@compiles(_AmongKeys, "postgresql")
def _among_on_postgresql(element: _AmongKeys, compiler: SQLCompiler, **options: Any) -> str:
    given, key, *parts = element.clauses
    read = ", ".join(_read(part, f"given.value ->> {place}") for place, part in enumerate(parts, start=1))
    source = f"json_array_elements(CAST({compiler.process(given, **options)} AS JSON)) AS given (value)"
    query = f"SELECT given.value ->> 0, {read} FROM {source}"  # noqa: S608  # of compiled parts alone
    return _among([key, *parts], query, compiler, **options)


def _read(part: ColumnElement[Any], text: str) -> str:
    value = f"CAST({text} AS {_spelling(part)})"
    return f"timezone('UTC', {value})" if _has_zone(part) else value


@compiles(_AmongKeys, "sqlite")
def _among_on_sqlite(element: _AmongKeys, compiler: SQLCompiler, **options: Any) -> str:
    given, key, *parts = element.clauses
    # By the first, which has no type, SQLite decides which columns it may look for in an index: so all of them.
    read = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(parts) + 1))
    query = f"SELECT {read} FROM json_each({compiler.process(given, **options)})"  # noqa: S608  # of compiled parts alone
    return _among([key, *parts], query, compiler, **options)


def _among(columns: Sequence[ColumnElement[Any]], query: str, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({', '.join(compiler.process(one, **options) for one in columns)}) IN ({query}))"
