"""Specifications of one shape: a tree with places for values, and values that fill it.

Whoever knows the shape need not look at the tree, which is put together when somebody does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from domain.kernel.specification.tree import (
    CompositeSpecification,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    RelationSpecification,
    Specification,
    where,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Stands for one of the values that a shape is filled with, by its number among them."""

    number: int


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationShape:
    """What specifications have in common that differ in values alone. Told apart by identity."""

    tree: Specification

    def filled(self, values: Sequence[Any]) -> Specification:
        """Give the specification with these values."""
        kind = type(self.tree)
        specification = object.__new__(kind)
        object.__setattr__(specification, "filling", Filling(self, values))
        return specification


@dataclass(slots=True)  # one for each filter: to freeze it would cost more than to make it
class Filling:
    """A shape, and the values that fill it."""

    shape: SpecificationShape
    values: Sequence[Any]

    def tree(self) -> Specification:
        """Put the tree together."""
        return _filled(self.shape.tree, self.values)


def _filled(part: Specification, values: Sequence[Any]) -> Specification:
    match part:
        case FieldSpecification(FilterCriteria(operand, operator, Place(number))):
            return where(operand, operator, values[number])
        case FieldSpecification():
            return part
        case CompositeSpecification(connective, parts):
            return CompositeSpecification(connective, tuple([_filled(one, values) for one in parts]))
        case NotSpecification(inner):
            return NotSpecification(_filled(inner, values))
        case RelationSpecification(relation, quantifier, inner):
            return RelationSpecification(relation, quantifier, _filled(inner, values))
        case _:
            assert_never(part)
