"""Column types that write values as tables that others made take them, and what reads moments that are text."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Text, case, cast, func, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from domain.kernel.json_value import Json


class DecimalText(TypeDecorator[Decimal]):
    """Decimals as the text that SQLite makes a number of, by the column's affinity."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write it down."""
        del dialect
        return None if value is None else f"{value:f}"


class ArrayText(TypeDecorator[Json]):
    """Lists as PostgreSQL writes arrays; it refuses what is none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json | None, dialect: Dialect) -> str | None:
        """Write the list down."""
        del dialect
        return None if value is None else _array(json.loads(value.text))


class Spelled(TypeDecorator[Any]):
    """Values that PostgreSQL reads from their text, as a type of its own or of others."""

    impl = Text
    cache_ok = True

    def __init__(self, spelling: str, written: TypeEngine[Any] | type[TypeEngine[Any]] = Text) -> None:
        """Name the type as PostgreSQL spells it, and what writes the text."""
        super().__init__()
        self.spelling = spelling
        self.written = written() if isinstance(written, type) else written

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the text."""
        process = self.written.dialect_impl(dialect).bind_processor(dialect)
        text: str | None = value if process is None else process(value)
        return text

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Have the database read it."""
        return cast(cast(bindvalue, Text()), NamedType(self.spelling))


class NamedType(UserDefinedType[Any]):
    """A type by its name alone."""

    cache_ok = True

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def get_col_spec(self, **_options: Any) -> str:
        return self.spelling


def moment_of_text(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read a moment that SQLite keeps as text, in UTC and to the microsecond.

    SQLite's own functions know thousandths of a second, and round the last moment that there is out of their range.
    """

    def part(start: int, length: Any = None) -> ColumnElement[Any]:
        return func.substr(text, literal_column(str(start)), *(() if length is None else (length,)))

    zone = func.ltrim(part(21), literal_column("'0123456789'"))
    fraction = part(21, func.length(text) - literal_column("20") - func.length(zone))
    whole = func.strftime(literal_column("'%Y-%m-%d %H:%M:%S.'"), part(1, literal_column("19")).concat(zone))
    exact = whole.concat(
        func.substr(fraction.concat(literal_column("'000000'")), literal_column("1"), literal_column("6"))
    )
    other = func.strftime(literal_column("'%Y-%m-%d %H:%M:%f000'"), text)
    return case((part(20, literal_column("1")) == literal_column("'.'"), exact), else_=other)


def _array(value: Any) -> str:
    return f"{{{','.join(map(_member, value))}}}" if isinstance(value, list) else json.dumps(value)


def _member(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case list():
            return _array(value)
        case str():
            text = value
        case _:
            text = json.dumps(value, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
