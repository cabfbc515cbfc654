"""Comparisons with decimals that are finer or larger than a column can hold, turned into equal ones that fit.

A column of scale 2 is above 1.005 exactly where it is above 1.00; what cannot be held can be equal to nothing. SQLite
stores scaled integers and could not compare with the rest; PostgreSQL takes a value to be of the column's own type.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

from domain.kernel.specification import NOTHING, ComparisonOperator, Operand, Specification, and_, not_, where
from graphql_api.persistence.types import ExactDecimal

_ROUNDING = {
    ComparisonOperator.GT: ROUND_FLOOR,
    ComparisonOperator.GE: ROUND_CEILING,
    ComparisonOperator.LT: ROUND_CEILING,
    ComparisonOperator.LE: ROUND_FLOOR,
}


def fitted(field: Operand, operator: ComparisonOperator, value: Any, column: ExactDecimal) -> Specification:
    """Return a comparison that means the same for every value that the column can hold."""
    match operator:
        case ComparisonOperator.BETWEEN:
            low, high = value
            return and_(
                fitted(field, ComparisonOperator.GE, low, column), fitted(field, ComparisonOperator.LE, high, column)
            )
        case ComparisonOperator.IN:
            return where(field, operator, tuple(one for one in value if fits(one, column)))
        case ComparisonOperator.EQ:
            return where(field, operator, value) if fits(value, column) else NOTHING
        case ComparisonOperator.NE:
            return where(field, operator, value) if fits(value, column) else not_(NOTHING)
        case ComparisonOperator.IS_NULL:
            return where(field, operator, value)
        case _:
            return _fitted_bound(field, operator, value, column)


def _fitted_bound(field: Operand, operator: ComparisonOperator, value: Decimal, column: ExactDecimal) -> Specification:
    """Round to the scale of the column, or answer for all that it can hold at once."""
    if abs(value) < _limit(column):
        value = _rounded(value, column, _ROUNDING[operator])
    if abs(value) < _limit(column):
        return where(field, operator, value)
    is_lower = operator in (ComparisonOperator.GT, ComparisonOperator.GE)
    return where(field, ComparisonOperator.IS_NULL, False) if is_lower is (value < 0) else NOTHING


def fits(value: Decimal, column: ExactDecimal) -> bool:
    """Tell whether a column can hold a value."""
    return column.surely_holds(value) or _holds(value, column)


def _holds(value: Decimal, column: ExactDecimal) -> bool:
    return abs(value) < _limit(column) and _rounded(value, column, ROUND_FLOOR) == value


def _rounded(value: Decimal, column: ExactDecimal, rounding: str) -> Decimal:
    with localcontext(prec=column.precision + column.scale + 2):
        return value.quantize(column.quantum, rounding=rounding)


def _limit(column: ExactDecimal) -> Decimal:
    """Return the smallest positive number that has too many digits."""
    return Decimal(1).scaleb(column.precision - column.scale)
