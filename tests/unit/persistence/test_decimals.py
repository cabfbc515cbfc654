"""Comparisons that a column cannot hold mean the same once they fit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import (
    ComparisonOperator,
    CompositeSpecification,
    FieldSpecification,
    NotSpecification,
    Specification,
    where,
)
from domain.kernel.specification.operators import TEXT_OPERATORS
from graphql_api.persistence.decimals import fitted
from graphql_api.persistence.types import ExactDecimal

OPERATORS = st.sampled_from(sorted(set(ComparisonOperator) - TEXT_OPERATORS))


@st.composite
def columns(draw: st.DrawFn) -> ExactDecimal:
    precision = draw(st.integers(1, 18))
    return ExactDecimal(precision, draw(st.integers(0, precision)))


@st.composite
def compared(draw: st.DrawFn, column: ExactDecimal, operator: ComparisonOperator) -> Any:
    limit = Decimal(1).scaleb(column.precision - column.scale)
    values = st.sampled_from([limit, -limit, limit - column.quantum / 2, Decimal(0)]) | st.decimals(
        -2 * limit, 2 * limit, places=column.scale + 1
    )
    match operator:
        case ComparisonOperator.IS_NULL:
            return draw(st.booleans())
        case ComparisonOperator.IN:
            return tuple(draw(st.lists(values, max_size=3)))
        case ComparisonOperator.BETWEEN:
            return draw(st.tuples(values, values))
        case _:
            return draw(values)


@st.composite
def cases(draw: st.DrawFn) -> tuple[ExactDecimal, Decimal | None, ComparisonOperator, Any]:
    column, operator = draw(columns()), draw(OPERATORS)
    largest = 10**column.precision - 1
    stored = st.none() | st.integers(-largest, largest).map(lambda units: Decimal(units).scaleb(-column.scale))
    return column, draw(stored), operator, draw(compared(column, operator))


@given(cases())
# PostgreSQL would not take 9.9E+37 for a NUMERIC(10, 2).
@example((ExactDecimal(10, 2), Decimal("0.00"), ComparisonOperator.GT, Decimal("9.9E+37")))
@example((ExactDecimal(10, 2), Decimal("99999999.99"), ComparisonOperator.LT, Decimal("99999999.999")))
def test_a_fitted_comparison_means_the_same(
    case: tuple[ExactDecimal, Decimal | None, ComparisonOperator, Any],
) -> None:
    column, stored, operator, value = case
    plain = where("amount", operator, value)
    fitting = fitted("amount", operator, value, column)
    assert fitting.is_satisfied_by({"amount": stored}) is plain.is_satisfied_by({"amount": stored})
    for one in decimals_in(fitting):
        assert column._units(one) == one.scaleb(column.scale)


def decimals_in(specification: Specification) -> Iterator[Decimal]:
    """Yield the values that are compared with."""
    match specification:
        case FieldSpecification(criteria):
            members = criteria.value if isinstance(criteria.value, tuple) else (criteria.value,)
            yield from (one for one in members if isinstance(one, Decimal))
        case CompositeSpecification(_, parts):
            for part in parts:
                yield from decimals_in(part)
        case NotSpecification(part):
            yield from decimals_in(part)
        case _:
            raise AssertionError(specification)
