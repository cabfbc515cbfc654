"""How columns are compared with values in SQL, and what the complement of each comparison is."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, not_, or_

from domain.kernel.specification import ComparisonOperator
from domain.kernel.specification.patterns import ESCAPE
from graphql_api.persistence.composite_keys import compared
from graphql_api.persistence.folding import fold_case
from graphql_api.persistence.foreign import indexed_column
from graphql_api.persistence.membership import among

Condition = ColumnElement[bool]


def comparison(
    column: ColumnElement[Any], operator: ComparisonOperator, value: Any, nullable: bool, negated: bool
) -> Condition:
    """Compare a column with a prepared value, or say that it does not compare so; absence is answered elsewhere."""
    condition = CONDITIONS[operator](column, value)
    if not negated:
        return condition
    opposite = OPPOSITES.get(operator)
    refuted = not_(condition) if opposite is None else CONDITIONS[opposite](column, value)
    return or_(refuted, column.is_(None)) if nullable else refuted


def _bound(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    return literal(value, column.type)


def _equal(column: ColumnElement[Any], value: Any) -> Condition:
    condition = compared(eq, column, value)
    found = indexed_column(column)
    # Whatever is equal by code point is equal by any collation.
    return condition if found is None else and_(found == _bound(column, value), condition)


def _like(column: ColumnElement[Any], pattern: Any) -> Condition:
    return column.like(_bound(column, pattern), escape=ESCAPE)


def _starts_with(column: ColumnElement[Any], pattern: Any) -> Condition:
    found = indexed_column(column)
    condition = _like(column, pattern)
    return condition if found is None else and_(found.like(_bound(column, pattern), escape=ESCAPE), condition)


def _folded_like(column: ColumnElement[Any], pattern: Any) -> Condition:
    return _like(fold_case(column), pattern)


# How each operator reads in SQL for a prepared value that is there. NE is the negation of EQ, and IS_NULL about absence
# itself.
CONDITIONS: Mapping[ComparisonOperator, Callable[[ColumnElement[Any], Any], Condition]] = {
    ComparisonOperator.EQ: _equal,
    ComparisonOperator.GT: partial(compared, gt),
    ComparisonOperator.GE: partial(compared, ge),
    ComparisonOperator.LT: partial(compared, lt),
    ComparisonOperator.LE: partial(compared, le),
    ComparisonOperator.IN: among,
    ComparisonOperator.LIKE: _like,
    # Not BETWEEN: PostgreSQL's grammar has no place for a COLLATE in its first bound.
    ComparisonOperator.BETWEEN: lambda column, bounds: and_(
        column >= _bound(column, bounds[0]), column <= _bound(column, bounds[1])
    ),
    ComparisonOperator.CONTAINS: _like,
    ComparisonOperator.STARTS_WITH: _starts_with,
    ComparisonOperator.ENDS_WITH: _like,
    ComparisonOperator.I_CONTAINS: _folded_like,
    ComparisonOperator.I_STARTS_WITH: _folded_like,
    ComparisonOperator.I_ENDS_WITH: _folded_like,
}
OPPOSITES: Mapping[ComparisonOperator, ComparisonOperator] = {
    ComparisonOperator.GT: ComparisonOperator.LE,
    ComparisonOperator.GE: ComparisonOperator.LT,
    ComparisonOperator.LT: ComparisonOperator.GE,
    ComparisonOperator.LE: ComparisonOperator.GT,
}
