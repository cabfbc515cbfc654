"""Specifications that were made of a shape, taken apart by what was found out of that shape once."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    FilterCriteria,
    Place,
    Specification,
    SpecificationShape,
)
from graphql_api.persistence.decimals import fits
from graphql_api.persistence.existence import may_ask_for_existence
from graphql_api.persistence.holes import PREPARATIONS
from graphql_api.persistence.shapes import TAKEN, Dissection, KindOf, Shape
from graphql_api.persistence.types import ExactDecimal

MOST_SHAPES: Final = 1_024

Take: TypeAlias = Callable[[Sequence[Any]], Any]
"""Makes one value of a statement of those that fill a shape. Raises Unusual."""


class Unusual(Exception):
    """It takes another statement for these values than for most."""


class KnownShape(NamedTuple):
    """What is taken of all specifications of a shape, and what makes the values of each."""

    shape: Shape
    takes: Sequence[Take]


class FilledDissection(Dissection):
    """Takes specifications apart, and remembers the shapes that they were made of."""

    def __init__(self, entity_named: Callable[[str], EntityDescription], kind_of: KindOf) -> None:
        super().__init__(entity_named, kind_of)
        of_places = _DissectionOfPlaces(entity_named, kind_of)

        @lru_cache(MOST_SHAPES)
        def known(shape: SpecificationShape, entity: str) -> KnownShape | None:
            return of_places.known(shape, entity_named(entity))

        self._known = known

    def take_apart(self, specification: Specification, entity: EntityDescription, values: list[Any]) -> Shape:
        """Give the shape of a specification, and append what was taken out to the values."""
        if specification is not EVERYTHING and (filling := specification.filling) is not None:
            known = self._known(filling.shape, entity.name)
            if known is not None:
                try:
                    values += [take(filling.values) for take in known.takes]
                except Unusual:
                    pass
                else:
                    return known.shape
        return super().take_apart(specification, entity, values)


class _DissectionOfPlaces(Dissection):
    """Takes the trees of shapes apart: for values come functions, which make them of those that fill the places."""

    def known(self, shape: SpecificationShape, entity: EntityDescription) -> KnownShape | None:
        """Find out what there is to know of a shape; None where each of its specifications is to be looked at."""
        values: list[Any] = []
        try:
            taken = self.take_apart(shape.tree, entity, values)
        except Unusual:
            return None
        return KnownShape(taken, [one if callable(one) else _always(one) for one in values])

    def take_comparison(
        self, criteria: FilterCriteria, entity: EntityDescription, tokens: list[Any], values: list[Any]
    ) -> None:
        field, operator, value = criteria.field, criteria.operator, criteria.value
        if not isinstance(value, Place):
            super().take_comparison(criteria, entity, tokens, values)
            return
        if may_ask_for_existence(field, operator):
            raise Unusual
        tokens += (field, operator, TAKEN)
        take: Take = itemgetter(value.number)
        column = self.kind_of(entity, field)
        if isinstance(column, ExactDecimal):
            take = _fitting(take, column, several=operator in _OF_SEVERAL)
        values += _takes(take, operator)


_OF_SEVERAL: Final = frozenset({ComparisonOperator.IN, ComparisonOperator.BETWEEN})


def _takes(take: Take, operator: ComparisonOperator) -> list[Take]:
    if operator is ComparisonOperator.BETWEEN:
        return [lambda given: take(given)[0], lambda given: take(given)[1]]
    prepare = PREPARATIONS.get(operator)
    return [take if prepare is None else lambda given: prepare(take(given))]


def _fitting(take: Take, column: ExactDecimal, *, several: bool) -> Take:
    def checked(given: Sequence[Any]) -> Any:
        value = take(given)
        if not (all(fits(one, column) for one in value) if several else fits(value, column)):
            raise Unusual
        return value

    return checked


def _always(value: Any) -> Take:
    return lambda _given: value
