"""Holes: where the values of a statement go that is compiled once and used with many of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.kernel.specification import ComparisonOperator
from domain.kernel.specification.patterns import escaped, fold


@dataclass(frozen=True, slots=True)
class Hole:
    """Stands for one of the values that a statement is used with, by its place among them."""

    place: int


@dataclass(frozen=True, slots=True)
class SizeHole(Hole):
    """Stands for the size of a page and one more; `most` is known of that size, where the database plans by it."""

    most: int | None


PREPARATIONS: Mapping[ComparisonOperator, Callable[[Any], Any]] = {
    ComparisonOperator.IN: list,
    ComparisonOperator.CONTAINS: lambda part: f"%{escaped(part)}%",
    ComparisonOperator.STARTS_WITH: lambda part: f"{escaped(part)}%",
    ComparisonOperator.ENDS_WITH: lambda part: f"%{escaped(part)}",
    ComparisonOperator.I_CONTAINS: lambda part: f"%{escaped(fold(part))}%",
    ComparisonOperator.I_STARTS_WITH: lambda part: f"{escaped(fold(part))}%",
    ComparisonOperator.I_ENDS_WITH: lambda part: f"%{escaped(fold(part))}",
}
"""What becomes of the value of a comparison before a statement takes it; the others take it as it is."""


def prepared(operator: ComparisonOperator, value: Any) -> Any:
    """Turn the value of a comparison into the one that the statement has; a hole is filled with such."""
    prepare = PREPARATIONS.get(operator)
    return value if prepare is None or isinstance(value, Hole) else prepare(value)
