"""Measures: what can be said of many things at once.

Absent values are left out. Of no values at all the counts are 0 and everything else is absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from domain.kernel.description import FieldDescription
from domain.kernel.enumeration import DescribedEnum
from domain.kernel.specification import describe_operand
from domain.kernel.specification.binding import HOW_MANY, UNORDERED_TYPES

if TYPE_CHECKING:
    from domain.kernel.entity import EntityDescription

AVERAGE_PLACES: Final = 6
"""The decimal places of a mean, unless the values themselves have more. A half is rounded away from zero."""


class Function(DescribedEnum):
    """How many values become one."""

    COUNT = "count", "How many there are."
    COUNT_DISTINCT = "count_distinct", "How many different values there are."
    SUM = "sum", "The exact sum of the values."
    AVG = (
        "avg",
        (
            f"The mean of the values, to {AVERAGE_PLACES} decimal places or as many as they have themselves where that "
            "is more; a half is rounded away from zero."
        ),
    )
    MIN = "min", "The smallest value: the least number, the earliest moment, the first text by code point."
    MAX = "max", "The largest value: the greatest number, the latest moment, the last text by code point."


ARITHMETIC: Final = frozenset({Function.SUM, Function.AVG})
COUNTING: Final = frozenset({Function.COUNT, Function.COUNT_DISTINCT})
EXTREME: Final = frozenset({Function.MIN, Function.MAX})


@dataclass(frozen=True, slots=True)
class Measure:
    """A function of the values of a field; of COUNT, which looks at no field, of the things themselves."""

    function: Function
    field: str | None = None

    def __str__(self) -> str:
        return str(self.function) if self.field is None else f"{self.function}.{self.field}"


COUNT: Final = Measure(Function.COUNT)


def can_measure(function: Function, field: FieldDescription) -> bool:
    """Tell whether a function makes sense for the values of a field."""
    if field.many or function is Function.COUNT:
        return False
    if function in ARITHMETIC:
        return field.type in (int, Decimal)
    return function is Function.COUNT_DISTINCT or not issubclass(field.type, UNORDERED_TYPES)


def describe_measure(measure: Measure, entity: "EntityDescription") -> FieldDescription:
    """Describe what a measure yields for an entity. Sums and means are decimals, which integers of any size fit.

    Raises ValueError for an unknown field and TypeError for one that the function makes no sense for.
    """
    if measure.field is None:
        return HOW_MANY
    field = describe_operand(measure.field, entity)
    if not can_measure(measure.function, field):
        raise TypeError(f"{entity.name}.{measure.field} is {field.type.__name__}, which has no {measure.function}.")
    if measure.function is Function.COUNT_DISTINCT:
        return HOW_MANY
    kind = Decimal if measure.function in ARITHMETIC else field.type
    return replace(field, name=str(measure), type=kind, nullable=True, rules=())


def of_nothing(measures: Sequence[Measure]) -> Mapping[str, Any]:
    """Give the measures of no things at all, by their text."""
    return {str(measure): 0 if measure.function in COUNTING else None for measure in measures}
