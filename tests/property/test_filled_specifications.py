"""A specification that was made of a shape is the one that it says, to whoever reads it and to SQL."""

from copy import deepcopy
from functools import cache
from pickle import dumps, loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.types import TypeEngine

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    CompositeSpecification,
    FieldSpecification,
    NotSpecification,
    Operand,
    Place,
    RelationSpecification,
    Specification,
    SpecificationShape,
    bind,
    canonical,
    where,
)
from graphql_api.persistence.filled_shapes import FilledDissection
from graphql_api.persistence.shapes import Dissection
from graphql_api.persistence.specification import to_sql_operand
from tests.support.databases import store_tables
from tests.support.worlds import questions, with_other_values


def with_places(part: Specification, values: list[Any]) -> Specification:
    """Put places where values are, but for truths, and append these to the values."""
    match part:
        case FieldSpecification(criteria) if not isinstance(criteria.value, bool):
            values.append(criteria.value)
            return where(criteria.field, criteria.operator, Place(len(values) - 1))
        case CompositeSpecification(connective, parts):
            return CompositeSpecification(connective, tuple(with_places(one, values) for one in parts))
        case NotSpecification(inner):
            return NotSpecification(with_places(inner, values))
        case RelationSpecification(relation, quantifier, inner):
            return RelationSpecification(relation, quantifier, with_places(inner, values))
        case _:
            return part


@st.composite
def fillings(draw: st.DrawFn) -> tuple[str, list[tuple[Specification, Specification]]]:
    """Give an entity, and specifications of one shape: each as it is, and as the shape, filled."""
    question, model = draw(questions(2)), store_tables().model
    alike = draw(st.lists(with_other_values(question.entity, question.specification), min_size=1, max_size=3))
    shapes: dict[Specification, SpecificationShape] = {}
    pairs = []
    for one in [question.specification, *alike]:
        bound = bind(one, model[question.entity], model.__getitem__)
        values: list[Any] = []
        tree = with_places(bound, values)
        pairs.append((bound, shapes.setdefault(tree, SpecificationShape(tree)).filled(values)))
    return question.entity, pairs


@given(fillings())
def test_a_filled_shape_is_the_specification_that_it_says(
    case: tuple[str, list[tuple[Specification, Specification]]],
) -> None:
    for plain, filled in case[1]:
        assert type(filled) is type(plain)
        assert loads(dumps(deepcopy(filled))) == filled == plain  # noqa: S301  # written a moment before
        assert hash(filled) == hash(plain)
        assert repr(filled) == repr(plain)
        assert canonical(filled) == canonical(plain)


@cache
def dissections() -> tuple[Dissection, Dissection]:
    """Give one that looks at all trees, and one that remembers shapes."""
    tables = store_tables()

    def kind_of(entity: EntityDescription, operand: Operand) -> TypeEngine[Any]:
        return to_sql_operand(operand, entity, tables).type

    return Dissection(tables.model.__getitem__, kind_of), FilledDissection(tables.model.__getitem__, kind_of)


@given(fillings())
def test_a_filled_shape_is_taken_apart_as_its_specification(
    case: tuple[str, list[tuple[Specification, Specification]]],
) -> None:
    name, pairs = case
    entity = store_tables().model[name]
    looking, remembering = dissections()
    for plain, filled in pairs:
        expected: list[Any] = []
        values: list[Any] = []
        shape = looking.take_apart(plain, entity, expected)
        assert remembering.take_apart(filled, entity, values) == shape
        assert repr(values) == repr(expected)


def test_a_filled_shape_is_not_put_together_to_be_taken_apart() -> None:
    shape = SpecificationShape(where("name", ComparisonOperator.STARTS_WITH, Place(0)))
    filled, values = shape.filled(["50%"]), list[Any]()
    dissections()[1].take_apart(filled, store_tables().model["Track"], values)
    assert values == ["50\\%%"]
    with pytest.raises(AttributeError):
        object.__getattribute__(filled, "criteria")


def test_a_specification_has_no_names_but_those_of_its_fields() -> None:
    for one in (EVERYTHING, SpecificationShape(EVERYTHING).filled(())):
        with pytest.raises(AttributeError, match="CompositeSpecification has no part"):
            _ = one.part  # type: ignore[union-attr]  # what is tested
