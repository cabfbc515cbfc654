"""Counts that only ask whether there is anything, as what is asked: `tracks.count > 0` is that there are some.

A count is worked out for each row on its own; what exists is found for all rows at once, and by indexes.
"""

from typing import Any, TypeGuard

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    Count,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
)
from domain.kernel.specification.operators import compare

_OF_NUMBERS = frozenset(
    {
        ComparisonOperator.EQ,
        ComparisonOperator.NE,
        ComparisonOperator.GT,
        ComparisonOperator.GE,
        ComparisonOperator.LT,
        ComparisonOperator.LE,
    }
)


def may_ask_for_existence(operand: Operand, operator: ComparisonOperator) -> TypeGuard[Count]:
    """Tell whether it depends on the value what a comparison means."""
    return isinstance(operand, Count) and operator in _OF_NUMBERS


def as_existence(operand: Operand, operator: ComparisonOperator, value: Any) -> Specification | None:
    """Return what a comparison means if it is a count's and says the same of every number from one on."""
    if not may_ask_for_existence(operand, operator) or not isinstance(value, int):
        return None
    # What it says changes at the value and next to it, nowhere else.
    of_some = {compare(number, operator, value) for number in (1, max(1, value), max(1, value + 1))}
    if len(of_some) > 1:
        return None
    some, none = of_some.pop(), compare(0, operator, value)
    if some is none:
        return EVERYTHING if some else NOTHING
    return RelationSpecification(operand.relation, Quantifier.SOME if some else Quantifier.NONE, EVERYTHING)
