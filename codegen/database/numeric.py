"""Numbers, as the type that has room for all that are there."""

from typing import Final

from sqlalchemy import Integer, types

from codegen.database.catalogue import Column
from codegen.database.looking import Looking
from codegen.database.readings import Reading
from codegen.description import Kind
from codegen.samples import INT32

MOST_DIGITS: Final = 18
MOST_PLACES: Final = 9
SUPPOSED_PLACES: Final = 4  # where there is nothing to look at


def is_integer(column: Column, looking: Looking) -> bool:
    """Tell whether a column holds whole numbers of up to 64 bits."""
    # SQLite's numbers are whole if they are kept so, whatever was declared.
    declared = Integer | types.Numeric if looking.is_sqlite else Integer
    if not isinstance(column.type, declared) or not looking.only(column.name, "integer"):
        return False
    return not getattr(column.type, "unsigned", False) or looking.none(f"{looking.quoted(column.name)} >= {2**63}")


def is_numbered(column: Column, looking: Looking) -> bool:
    """Tell whether SQLite's number of no declared size is what rows are known by, and whole."""
    table = looking.table
    known = {*table.key, *(name for foreign in table.foreign_keys for name in foreign.columns)}
    numeric = getattr(column.type, "precision", None) is None and looking.is_sqlite
    return numeric and column.name in known and looking.only(column.name, "integer")


def read_integer(column: str, name: str, looking: Looking) -> Reading:
    """Read a whole number of a declared size."""
    fits = not looking.is_sqlite and not isinstance(looking.table.columns[column].type, types.BigInteger)
    return whole_number(column, name, looking, surely_fits=fits)


def whole_number(column: str, name: str, looking: Looking, *, surely_fits: bool) -> Reading:
    """Read a whole number as the smallest type that has room for all that are there."""
    quoted = looking.quoted(column)
    if surely_fits or looking.none(f"{quoted} < {INT32[0]} OR {quoted} > {INT32[1]}"):
        return Reading(Kind.INT, f"type_coerce({name}, BigInteger())")
    note = "has numbers beyond the 32 bits of an Int, and is served as a Decimal"
    if looking.none(f"{quoted} <= -1000000000000000000 OR {quoted} >= 1000000000000000000"):
        whole = name if looking.is_sqlite else f"cast({name}, Numeric(20, 0))"
        return Reading(Kind.DECIMAL, f"type_coerce({whole}, ExactDecimal(18, 0))", note)
    return Reading(Kind.STR, f"cast({name}, Text())", "has numbers of 19 digits, and is served as text")


def read_decimal(column: Column, name: str, looking: Looking) -> Reading:
    """Read a number as a decimal of as many places as were declared, or as there are."""
    quoted = looking.quoted(column.name)
    places = getattr(column.type, "scale", None)
    if places is None:
        places = _places(quoted, looking)
    limit = 10 ** (MOST_DIGITS - places)
    if places > MOST_PLACES or not looking.none(f"{quoted} <= -{limit} OR {quoted} >= {limit}"):
        return Reading(Kind.STR, f"cast({name}, Text())", "has more digits than a Decimal here, and is served as text")
    if not looking.is_sqlite:
        if not looking.none(f"{quoted} = 'NaN'"):
            return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no numbers, and is served as text")
        return Reading(Kind.DECIMAL, f"type_coerce({name}, ExactDecimal({MOST_DIGITS}, {places}))", places=places)
    if not _fits(quoted, places, looking):
        return Reading(
            Kind.FLOAT, f"cast({name}, Double())", f"has more than {places} decimal places, and is served as a Float"
        )
    units = f"cast(func.round({name} * literal_column({str(10**places)!r})), BigInteger())"
    return Reading(Kind.DECIMAL, f"type_coerce({units}, ExactDecimal({MOST_DIGITS}, {places}))", places=places)


def _places(quoted: str, looking: Looking) -> int:
    """Find out how many places there are, where none were declared."""
    if looking.none(f"{quoted} IS NOT NULL"):
        return SUPPOSED_PLACES
    if looking.is_sqlite:
        return next((one for one in range(5) if _fits(quoted, one, looking)), MOST_PLACES)
    return int(looking.number(f"max(scale({quoted}))") or 0)


def _fits(quoted: str, places: int, looking: Looking) -> bool:
    return looking.none(f"abs({quoted} * {10**places} - round({quoted} * {10**places})) > 0.000001")
