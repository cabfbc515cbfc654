"""The comparisons that a specification can make, and what each means in memory."""

import operator
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from domain.kernel.specification.patterns import fold, matches


class ComparisonOperator(StrEnum):
    """How a field is compared with a value. The names are those of the API."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    IN = "in"
    LIKE = "like"
    BETWEEN = "between"
    IS_NULL = "isNull"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    I_CONTAINS = "iContains"
    I_STARTS_WITH = "iStartsWith"
    I_ENDS_WITH = "iEndsWith"

    # That of an enumeration is a function in Python, which each lookup of a statement would call a dozen times.
    __hash__ = str.__hash__


TEXT_OPERATORS = frozenset(
    {
        ComparisonOperator.LIKE,
        ComparisonOperator.CONTAINS,
        ComparisonOperator.STARTS_WITH,
        ComparisonOperator.ENDS_WITH,
        ComparisonOperator.I_CONTAINS,
        ComparisonOperator.I_STARTS_WITH,
        ComparisonOperator.I_ENDS_WITH,
    }
)
ORDERING_OPERATORS = frozenset(
    {
        ComparisonOperator.GT,
        ComparisonOperator.GE,
        ComparisonOperator.LT,
        ComparisonOperator.LE,
        ComparisonOperator.BETWEEN,
    }
)

# What each operator says of a value that is there; an absent one is answered by `compare`.
COMPARISONS: Mapping[ComparisonOperator, Callable[[Any, Any], bool]] = {
    ComparisonOperator.EQ: operator.eq,
    ComparisonOperator.NE: operator.ne,
    ComparisonOperator.GT: operator.gt,
    ComparisonOperator.GE: operator.ge,
    ComparisonOperator.LT: operator.lt,
    ComparisonOperator.LE: operator.le,
    ComparisonOperator.IN: lambda actual, values: actual in values,
    ComparisonOperator.LIKE: matches,
    ComparisonOperator.BETWEEN: lambda actual, bounds: bool(bounds[0] <= actual <= bounds[1]),
    ComparisonOperator.IS_NULL: lambda _, absent: not absent,
    ComparisonOperator.CONTAINS: operator.contains,
    ComparisonOperator.STARTS_WITH: str.startswith,
    ComparisonOperator.ENDS_WITH: str.endswith,
    ComparisonOperator.I_CONTAINS: lambda actual, part: fold(part) in fold(actual),
    ComparisonOperator.I_STARTS_WITH: lambda actual, part: fold(actual).startswith(fold(part)),
    ComparisonOperator.I_ENDS_WITH: lambda actual, part: fold(actual).endswith(fold(part)),
}


def compare(actual: object, how: ComparisonOperator, value: Any) -> bool:
    """Compare a value with another. With an absent one every comparison is false, except that it differs (`ne`)."""
    if actual is None:
        return how is ComparisonOperator.NE or (how is ComparisonOperator.IS_NULL and bool(value))
    return COMPARISONS[how](actual, value)
