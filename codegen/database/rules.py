"""Rules of fields, from what a database demands of its values: they are told before it has to."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from sqlalchemy import types

from codegen.database.catalogue import Column
from codegen.database.demands import Demands
from codegen.database.looking import Looking
from codegen.database.numeric import MOST_DIGITS
from codegen.database.readings import Reading
from codegen.description import Kind
from codegen.wording import limit

EXACT_IN_A_FLOAT: Final = 15  # digits
INT16: Final = (Decimal(-(2**15)), Decimal(2**15 - 1))


def rules_of(column: Column, reading: Reading, looking: Looking) -> tuple[str, ...]:
    """Write the rules of a field."""
    match reading.kind:
        case Kind.STR if isinstance(column.type, types.String) and not isinstance(column.type, types.Enum):
            longest = _longest(column, looking)
            return () if longest is None else (f"Length(0, {longest})",)
        case Kind.INT:
            return _range(_stepped(_of_size(column, looking), Decimal(1)))
        case Kind.FLOAT:
            return _range(column.demands)
        case Kind.DECIMAL:
            places = max(reading.places, 0)
            step = Decimal(1).scaleb(-places)
            return *_range(_stepped(_of_digits(column, places, looking), step)), f"DecimalPlaces({places})"
        case _:
            return ()


def _longest(column: Column, looking: Looking) -> int | None:
    lengths = [one for one in (getattr(column.type, "length", None), column.demands.longest) if one is not None]
    longest = min(lengths, default=None)
    # SQLite keeps what is longer than was declared.
    kept = (
        longest is None or not looking.is_sqlite or looking.none(f"length({looking.quoted(column.name)}) > {longest}")
    )
    return longest if kept else None


def _of_size(column: Column, looking: Looking) -> Demands:
    small = isinstance(column.type, types.SmallInteger) and not looking.is_sqlite
    return column.demands.and_also(Demands(low=INT16[0], high=INT16[1])) if small else column.demands


def _of_digits(column: Column, places: int, looking: Looking) -> Demands:
    digits = _digits_of_sqlite(column, places, looking) if looking.is_sqlite else _digits(column)
    most = Decimal(10**digits - 1).scaleb(-places)
    return column.demands.and_also(Demands(low=-most, high=most))


def _digits(column: Column) -> int:
    precision = getattr(column.type, "precision", None)
    return MOST_DIGITS if precision is None else min(precision, MOST_DIGITS)


def _digits_of_sqlite(column: Column, places: int, looking: Looking) -> int:
    """Tell how many digits come back as they were given: SQLite keeps what is not whole as a float."""
    beyond = f"abs({looking.quoted(column.name)}) >= {10 ** max(EXACT_IN_A_FLOAT - places, 0)}"
    return EXACT_IN_A_FLOAT if places > 0 and looking.none(beyond) else MOST_DIGITS


def _stepped(demands: Demands, step: Decimal) -> Demands:
    """Have bounds that are left out be those beside them."""
    least = None if demands.above is None else demands.above + step
    most = None if demands.below is None else demands.below - step
    return replace(demands, above=None, below=None).and_also(Demands(low=least, high=most))


def _range(demands: Demands) -> tuple[str, ...]:
    if demands.low is None and demands.high is None:
        return ()
    return (f"Range({limit(demands.low)}, {limit(demands.high)})",)
