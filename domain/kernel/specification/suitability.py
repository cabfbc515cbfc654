"""Telling quickly of a value that a comparison can be made with it, as of most.

It may be unsure of what can be compared with, but takes nothing else for it. What is wrong is said by `binding`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from domain.kernel.json_value import Json
from domain.kernel.specification.binding import (
    BOUNDS,
    LONGEST_TEXT,
    MOST_DIGITS,
    Resolve,
    describe_operand,
    operator_fault,
)
from domain.kernel.specification.operands import Operand
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.patterns import ESCAPE
from domain.kernel.validity import holds

if TYPE_CHECKING:
    from domain.kernel.entity import EntityDescription

IsSuitable: TypeAlias = Callable[[Any], bool]


def suitability_of(
    operand: Operand, operator: ComparisonOperator, entity: "EntityDescription", resolve: Resolve | None = None
) -> IsSuitable:
    """Make the function that tells of a value to compare an operand with that `bind` is known to leave it as it is."""
    try:
        field = describe_operand(operand, entity, resolve)
    except ValueError:
        return _unsure
    if operator_fault(field, operator) is not None:
        return _unsure
    one = _fitting(field.type)
    match operator:
        case ComparisonOperator.IS_NULL:
            return holds(bool)
        case ComparisonOperator.IN:
            return lambda values: type(values) is tuple and all(map(one, values))
        case ComparisonOperator.BETWEEN:
            return lambda bounds: type(bounds) is tuple and len(bounds) == BOUNDS and all(map(one, bounds))
        case ComparisonOperator.LIKE:
            return lambda pattern: one(pattern) and ESCAPE not in pattern
        case _:
            return one


def _fitting(kind: type) -> IsSuitable:
    is_held, has_room = holds(kind), _ROOM.get(kind)
    return is_held if has_room is None else lambda value: is_held(value) and has_room(value)


def _unsure(_value: object) -> bool:
    return False


def _is_short(number: Decimal) -> bool:
    digits = str(number)
    return len(digits) <= MOST_DIGITS and "E" not in digits


# Of the types whose values may be too long to be compared with.
_ROOM: Final[Mapping[type, IsSuitable]] = {
    str: lambda text: len(text) <= LONGEST_TEXT,
    Decimal: _is_short,
    Json: _unsure,
}
