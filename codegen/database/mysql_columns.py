"""What the values of a column are on MySQL and MariaDB, whose declarations mostly promise it.

Text is read by a cast, which has the collation of the connection: one that compares by code point, be the column's own
as it may.
"""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import types
from sqlalchemy.dialects import mysql

from codegen.database.catalogue import Column
from codegen.database.looking import Looking
from codegen.database.numeric import MOST_DIGITS, MOST_PLACES, whole_number
from codegen.database.readings import Reading, are_distinct, as_text
from codegen.description import Kind

# Those of the connections that the column is read by, which need not be told again.
BY_CODE_POINT: Final = frozenset({"utf8mb4_nopad_bin", "utf8mb4_0900_bin"})
GEOMETRIES: Final = frozenset(
    {
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "geomcollection",
    }
)


def mysql_reading_of(column: Column, looking: Looking) -> Reading:  # noqa: C901, PLR0912  # a case for each family of types
    """Find out how to read a column."""
    place, quoted = f"here.c[{column.name!r}]", looking.quoted(column.name)
    text = f"cast({place}, Text())"
    declared, collation = (column.declared.type, column.declared.collation or "") if column.declared else ("", "")
    # What another character set has no room for cannot be compared with it.
    indexed = place if collation.startswith("utf8mb4_") else None
    match column.type:
        case types.LargeBinary() | types.BINARY() | types.VARBINARY():
            return Reading(None, place, "holds binary data, which GraphQL has no type for")
        case mysql.BIT(length=1) | mysql.TINYINT(display_width=1) if looking.none(f"{quoted} NOT IN (0, 1)"):
            return Reading(Kind.BOOL, f"type_coerce(cast({place}, BigInteger()), Boolean())")
        case mysql.BIT():
            return _number(column, f"cast({place}, BigInteger())", looking)
        case types.Integer() | mysql.YEAR():
            return _number(column, place, looking)
        case types.Double() | types.REAL():
            return Reading(Kind.FLOAT, f"type_coerce({place}, Double())")
        case types.Float():
            # The shortest decimal that means it: 9.8, which a cast makes 9.800000190734863.
            return Reading(Kind.FLOAT, f"cast({text}, Double())")
        case types.Numeric():
            return _decimal(column, place, text, looking)
        case types.DateTime() | types.Date() if not looking.none(f"{quoted} IS NOT NULL AND {_is_no_day(quoted)}"):
            return Reading(Kind.STR, text, "has days that no calendar has, and is served as text")
        case types.DateTime():
            return Reading(Kind.DATETIME, f"type_coerce({place}, UtcDateTime())")
        case types.Date():
            return Reading(Kind.DATE, f"type_coerce({place}, Date())")
        case types.Uuid():
            return Reading(Kind.UUID, f"type_coerce({place}, Uuid())")
        case types.JSON():
            return Reading(Kind.JSON, f"type_coerce({text}, JsonText())")
        case mysql.SET():
            return Reading(Kind.STR, text, "is served as text: a set, with commas between its members")
        # What was no member when it was stored is kept as a text of its own, without letters.
        case types.Enum(enums=enums) if are_distinct(enums) and looking.none(f"{quoted} = 0"):
            members = f"type_coerce({text}, EnumText({{enum}}))"
            return Reading(Kind.ENUM, members, values=tuple(enums), indexed=indexed)
        case types.String() if collation in BY_CODE_POINT:
            return as_text(f"type_coerce({place}, Text())", column, looking)
        case types.String():
            return replace(as_text(text, column, looking), indexed=indexed)
        case types.NullType() if declared in GEOMETRIES:
            told = f"is served as text: it was declared as {declared}"
            return Reading(Kind.STR, f"cast(func.ST_AsText({place}), Text())", told)
        case _:
            return Reading(Kind.STR, text, f"is served as text: it was declared as {declared}")


def _is_no_day(quoted: str) -> str:
    return f"(YEAR({quoted}) = 0 OR MONTH({quoted}) = 0 OR DAYOFMONTH({quoted}) = 0)"


def _number(column: Column, place: str, looking: Looking) -> Reading:
    kind: Any = column.type
    small = not isinstance(kind, types.BigInteger | mysql.BIT) and not getattr(kind, "unsigned", False)
    return whole_number(column.name, place, looking, surely_fits=small or isinstance(kind, mysql.SMALLINT))


def _decimal(column: Column, place: str, text: str, looking: Looking) -> Reading:
    quoted, places = looking.quoted(column.name), getattr(column.type, "scale", None) or 0
    limit = 10 ** (MOST_DIGITS - places)
    if places > MOST_PLACES or not looking.none(f"{quoted} <= -{limit} OR {quoted} >= {limit}"):
        return Reading(Kind.STR, text, "has more digits than a Decimal here, and is served as text")
    return Reading(Kind.DECIMAL, f"type_coerce({place}, ExactDecimal({MOST_DIGITS}, {places}))", places=places)
