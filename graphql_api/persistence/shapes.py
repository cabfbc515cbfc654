"""Specifications taken apart: into a shape, which a statement is compiled for, and the values that it is used with.

A shape is the tree in prefix notation, with a mark where a value was taken out. What it holds of a value is only what
makes another statement: whether it is absent, what became of a decimal that the column cannot hold, and whether a count
that it is compared with only asks for existence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import EllipsisType
from typing import Any, TypeAlias, assert_never

from sqlalchemy.types import TypeEngine

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)
from graphql_api.persistence.decimals import fits, fitted
from graphql_api.persistence.existence import as_existence
from graphql_api.persistence.holes import Hole, prepared
from graphql_api.persistence.types import ExactDecimal

Shape: TypeAlias = tuple[Any, ...]
TAKEN: EllipsisType = ...
"""Stands in a shape for a value that was taken out."""
_SEVERAL = (tuple, list)  # a union would be made anew each time
_NOT = "~"

KindOf = Callable[[EntityDescription, Operand], TypeEngine[Any]]
"""Tells the type of what an operand yields for an entity."""


@dataclass(slots=True, eq=False)
class Dissection:
    """Takes specifications apart."""

    entity_named: Callable[[str], EntityDescription]
    kind_of: KindOf

    def take_apart(self, specification: Specification, entity: EntityDescription, values: list[Any]) -> Shape:
        """Give the shape of a specification, and append what was taken out to the values."""
        if specification is EVERYTHING:
            return ()
        tokens: list[Any] = []
        self._take(specification, entity, tokens, values)
        return tuple(tokens)

    def _take(self, part: Specification, entity: EntityDescription, tokens: list[Any], values: list[Any]) -> None:
        match part:
            case FieldSpecification(criteria):
                self.take_comparison(criteria, entity, tokens, values)
            case CompositeSpecification(connective, parts):
                tokens += (connective, len(parts))
                for one in parts:
                    self._take(one, entity, tokens, values)
            case NotSpecification(inner):
                tokens.append(_NOT)
                self._take(inner, entity, tokens, values)
            case RelationSpecification(relation, quantifier, inner):
                tokens += (quantifier, relation)
                self._take(inner, self.entity_named(entity.relations[relation].target), tokens, values)
            case _:
                assert_never(part)

    def take_comparison(
        self, criteria: FilterCriteria, entity: EntityDescription, tokens: list[Any], values: list[Any]
    ) -> None:
        """Append what a comparison adds to the shape, and to the values."""
        field, operator, value = criteria.field, criteria.operator, criteria.value
        if value is None or operator is ComparisonOperator.IS_NULL:
            tokens += (field, operator, value)
            return
        existence = as_existence(field, operator, value)
        if existence is not None:
            self._take(existence, entity, tokens, values)
            return
        several = value if isinstance(value, _SEVERAL) else (value,)
        if several and isinstance(several[0], Decimal):
            column = self.kind_of(entity, field)
            if isinstance(column, ExactDecimal) and not all(fits(one, column) for one in several):
                self._take(fitted(field, operator, value, column), entity, tokens, values)
                return
        tokens += (field, operator, TAKEN)
        if operator is ComparisonOperator.BETWEEN:
            values += value
        else:
            values.append(prepared(operator, value))


def put_together(shape: Shape, holes: Iterator[Hole]) -> Specification:
    """Make a specification of a shape, with holes in the order in which values were taken out."""
    return _read(iter(shape), holes) if shape else EVERYTHING


def _read(tokens: Iterator[Any], holes: Iterator[Hole]) -> Specification:
    token = next(tokens)
    if isinstance(token, Connective):
        return CompositeSpecification(token, tuple([_read(tokens, holes) for _ in range(next(tokens))]))
    if isinstance(token, Quantifier):
        return RelationSpecification(next(tokens), token, _read(tokens, holes))
    if token == _NOT:
        return NotSpecification(_read(tokens, holes))
    operator, value = next(tokens), next(tokens)
    if value is not TAKEN:
        return where(token, operator, value)
    between = operator is ComparisonOperator.BETWEEN
    return where(token, operator, (next(holes), next(holes)) if between else next(holes))
