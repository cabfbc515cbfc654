"""What the values of a column are, by their declaration and, where that promises nothing, by looking at them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import types
from sqlalchemy.dialects import postgresql

from codegen.database.catalogue import Column
from codegen.database.looking import Looking
from codegen.database.moments import read_day, read_moment
from codegen.database.numeric import MOST_DIGITS, is_numbered, read_decimal, read_integer
from codegen.database.readings import Reading, are_distinct, as_text
from codegen.description import Kind


def reading_of(  # noqa: C901, PLR0912  # a case for each family of types
    column: Column, looking: Looking
) -> Reading:
    """Find out how to read a column."""
    name = f"here.c[{column.name!r}]"
    kind = column.type
    match kind:
        case _ if not column.readable:
            return Reading(None, name, "is left out: it may not be read")
        case types.LargeBinary():
            return Reading(None, name, "holds binary data, which GraphQL has no type for")
        case types.Boolean() if looking.only(column.name, "integer") and _is_two_valued(column.name, looking):
            return Reading(Kind.BOOL, f"type_coerce({name}, Boolean())")
        # What was declared as a switch may be a number after all.
        case types.Integer() | types.Boolean() if looking.only(column.name, "integer"):
            return read_integer(column.name, name, looking)
        case types.Float() if looking.only(column.name, "integer", "real") and not looking.none(
            _is_no_number(column.name, looking)
        ):
            return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no numbers, and is served as text")
        case types.REAL() if not looking.is_sqlite:
            # The shortest decimal that means it: 9.8, which a cast makes 9.800000190734863.
            return Reading(Kind.FLOAT, f"cast(cast({name}, Text()), Double())")
        case postgresql.MONEY():
            return Reading(
                Kind.DECIMAL, f"type_coerce(cast({name}, Numeric(20, 2)), ExactDecimal({MOST_DIGITS}, 2))", places=2
            )
        case types.Float() if looking.only(column.name, "integer", "real"):
            return Reading(Kind.FLOAT, f"cast({name}, Double())")
        case types.Numeric() if is_numbered(column, looking):
            return read_integer(column.name, name, looking)
        case types.Numeric() if looking.only(column.name, "integer", "real"):
            return read_decimal(column, name, looking)
        case types.DateTime():
            return read_moment(column.name, name, looking)
        case types.Date():
            return read_day(column.name, name, looking)
        case types.Uuid():
            return (
                Reading(Kind.UUID, f"type_coerce({name}, Uuid())")
                if not looking.is_sqlite
                else _text(name, column, looking)
            )
        case postgresql.JSON() | postgresql.JSONB():
            return Reading(Kind.JSON, f"type_coerce(cast({name}, Text()), JsonText())")
        case postgresql.ARRAY():
            return Reading(Kind.JSON, f"type_coerce(cast(func.to_jsonb({name}), Text()), JsonText())")
        case types.JSON() if looking.none(_is_no_json(looking.quoted(column.name))):
            return Reading(Kind.JSON, f"type_coerce({name}, JsonText())")
        case types.Enum() if kind.enums and are_distinct(kind.enums):
            return Reading(
                Kind.ENUM, f"type_coerce(cast({name}, Text()), EnumText({{enum}}))", values=tuple(kind.enums)
            )
        case types.Enum():
            told = "is served as text: some of its values would have the same name"
            return Reading(Kind.STR, f"cast({name}, Text())", told)
        case types.String():
            return _text(name, column, looking)
        case types.NullType() if looking.is_sqlite:
            return _undeclared(column, name, looking)
        case _:
            return Reading(
                Kind.STR,
                f"cast({name}, Text())",
                f"is served as text: it was declared as {column.spelling or _declared(kind)}",
            )


def _undeclared(column: Column, name: str, looking: Looking) -> Reading:
    """Read what SQLite declares nothing of, as what a view works out, by the values that are there."""
    if looking.none(f"{looking.quoted(column.name)} IS NOT NULL") or looking.only(column.name, "text"):
        return Reading(Kind.STR, f"cast({name}, Text())")
    if looking.only(column.name, "integer"):
        return read_integer(column.name, name, looking)
    if looking.only(column.name, "integer", "real"):
        return Reading(Kind.FLOAT, f"cast({name}, Double())")
    if looking.only(column.name, "blob"):
        return Reading(None, name, "holds binary data, which GraphQL has no type for")
    return Reading(Kind.STR, f"cast({name}, Text())", "is served as text: its values are of several types")


def _is_no_number(column: str, looking: Looking) -> str:
    quoted = looking.quoted(column)
    if looking.is_sqlite:
        return f"abs({quoted}) > 1.7976931348623157e308"
    return f"{quoted} IN ('NaN', 'Infinity', '-Infinity')"


def _is_no_json(quoted: str) -> str:
    return f"{quoted} IS NOT NULL AND NOT json_valid({quoted})"


def _declared(kind: Any) -> str:
    if isinstance(kind, types.NullType):
        return "a type that is not known here"
    try:
        return str(kind) or "nothing"
    except Exception:  # noqa: BLE001  # of types that only a database can write
        return type(kind).__name__


def _text(name: str, column: Column, looking: Looking) -> Reading:
    as_it_is = looking.only(column.name, "text") and not isinstance(column.type, types.CHAR)
    reading = as_text(f"type_coerce({name}, Text())" if as_it_is else f"cast({name}, Text())", column, looking)
    if looking.is_unicode(column.name):
        return reading
    return replace(reading, note="has text that is not UTF-8, and is served with \ufffd in its place")


def _is_two_valued(column: str, looking: Looking) -> bool:
    return not looking.is_sqlite or looking.none(f"{looking.quoted(column)} NOT IN (0, 1)")
