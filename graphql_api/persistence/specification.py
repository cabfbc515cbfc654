"""Specifications as SQL conditions.

Two-valued where SQL has three: negation is pushed to the leaves, where an absent value is answered explicitly, so that
indexes stay usable (`not price > 5` is `price <= 5 or price is null`). A condition is never negated from outside.
"""

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, not_, or_, select, true

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import ToOne
from domain.kernel.specification import (
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)
from domain.kernel.specification.patterns import ESCAPE, escaped, fold
from graphql_api.persistence.decimals import fitted
from graphql_api.persistence.folding import fold_case
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.types import ExactDecimal

Condition = ColumnElement[bool]


def to_sql_condition(
    specification: Specification,
    entity: EntityDescription,
    tables: EntityTables,
    rows: FromClause | None = None,
) -> Condition:
    """Compile a specification over an entity's rows: its table, or an alias of it (requirement 2.3)."""
    return _Compiler(entity, tables, tables[entity.name] if rows is None else rows).condition(specification)


class _Compiler:
    """Compiles the conditions on the rows of one entity."""

    def __init__(self, entity: EntityDescription, tables: EntityTables, rows: FromClause) -> None:
        self._entity = entity
        self._tables = tables
        self._rows = rows

    def condition(self, specification: Specification, negated: bool = False) -> Condition:
        match specification:
            case FieldSpecification(criteria):
                return self._comparison(criteria, negated)
            case CompositeSpecification(connective, parts):
                conditions = [self.condition(part, negated) for part in parts]
                both = (connective is Connective.AND) is not negated
                return and_(true(), *conditions) if both else or_(false(), *conditions)
            case NotSpecification(part):
                return self.condition(part, not negated)
            case RelationSpecification():
                return self._relation(specification, negated)
            case _:
                assert_never(specification)

    def _comparison(self, criteria: FilterCriteria, negated: bool) -> Condition:
        column = self._rows.c[criteria.field]
        if isinstance(column.type, ExactDecimal):
            fitting = fitted(criteria.field, criteria.operator, criteria.value, column.type)
            if fitting != where(criteria.field, criteria.operator, criteria.value):
                return self.condition(fitting, negated)
        nullable = self._entity.fields[criteria.field].nullable
        if criteria.operator is ComparisonOperator.NE:
            return _comparison(column, ComparisonOperator.EQ, criteria.value, nullable, not negated)
        return _comparison(column, criteria.operator, criteria.value, nullable, negated)

    def _relation(self, specification: RelationSpecification, negated: bool) -> Condition:
        match specification.quantifier:
            case Quantifier.ONE | Quantifier.SOME:
                return self._related_exists(specification, part_negated=False, negated=negated)
            case Quantifier.NONE:
                return self._related_exists(specification, part_negated=False, negated=not negated)
            case Quantifier.EVERY:
                return self._related_exists(specification, part_negated=True, negated=not negated)
            case _:
                assert_never(specification.quantifier)

    def _related_exists(self, specification: RelationSpecification, part_negated: bool, negated: bool) -> Condition:
        relation = self._entity.relations[specification.relation]
        target = self._tables.model[relation.target]
        rows = self._tables[relation.target].alias()
        part = _Compiler(target, self._tables, rows).condition(specification.part, part_negated)
        statement = select(1).where(part, not_deleted(target, rows))
        if isinstance(relation, ToOne):
            statement = statement.where(rows.c.id == self._rows.c[relation.via])
        elif relation.through is None:
            statement = statement.where(rows.c[relation.via] == self._rows.c.id)
        else:
            between = self._tables[relation.through].alias()
            statement = statement.where(
                between.c[relation.via] == self._rows.c.id, between.c[relation.onward] == rows.c.id
            )
        found = exists(statement.correlate(self._rows))
        return not_(found) if negated else found


def not_deleted(entity: EntityDescription, rows: FromClause) -> Condition:
    """Leave out rows that are only marked as removed."""
    return rows.c.deleted_at.is_(None) if entity.is_soft_deletable else true()


def _comparison(
    column: ColumnElement[Any], operator: ComparisonOperator, value: Any, nullable: bool, negated: bool
) -> Condition:
    if operator is ComparisonOperator.IS_NULL:
        return column.is_(None) if bool(value) is not negated else column.is_not(None)
    condition = CONDITIONS[operator](column, value)
    if not negated:
        return condition
    opposite = OPPOSITES.get(operator)
    refuted = not_(condition) if opposite is None else CONDITIONS[opposite](column, value)
    return or_(refuted, column.is_(None)) if nullable else refuted


def _in(column: ColumnElement[Any], values: tuple[Any, ...]) -> Condition:
    # SQLAlchemy renders an empty IN as a subquery; nothing is in nothing.
    return column.in_(values) if values else false()


def _like(column: ColumnElement[Any], pattern: str) -> Condition:
    return column.like(pattern, escape=ESCAPE)


def _folded_like(column: ColumnElement[Any], pattern: str) -> Condition:
    return fold_case(column).like(pattern, escape=ESCAPE)


# How each operator reads in SQL for a value that is there. NE is the negation of EQ, and IS_NULL about absence itself.
CONDITIONS: Mapping[ComparisonOperator, Callable[[ColumnElement[Any], Any], Condition]] = {
    ComparisonOperator.EQ: lambda column, value: column == value,
    ComparisonOperator.GT: lambda column, value: column > value,
    ComparisonOperator.GE: lambda column, value: column >= value,
    ComparisonOperator.LT: lambda column, value: column < value,
    ComparisonOperator.LE: lambda column, value: column <= value,
    ComparisonOperator.IN: _in,
    ComparisonOperator.LIKE: _like,
    ComparisonOperator.BETWEEN: lambda column, bounds: column.between(*bounds),
    ComparisonOperator.CONTAINS: lambda column, part: _like(column, f"%{escaped(part)}%"),
    ComparisonOperator.STARTS_WITH: lambda column, part: _like(column, f"{escaped(part)}%"),
    ComparisonOperator.ENDS_WITH: lambda column, part: _like(column, f"%{escaped(part)}"),
    ComparisonOperator.I_CONTAINS: lambda column, part: _folded_like(column, f"%{escaped(fold(part))}%"),
    ComparisonOperator.I_STARTS_WITH: lambda column, part: _folded_like(column, f"{escaped(fold(part))}%"),
    ComparisonOperator.I_ENDS_WITH: lambda column, part: _folded_like(column, f"%{escaped(fold(part))}"),
}
OPPOSITES: Mapping[ComparisonOperator, ComparisonOperator] = {
    ComparisonOperator.GT: ComparisonOperator.LE,
    ComparisonOperator.GE: ComparisonOperator.LT,
    ComparisonOperator.LT: ComparisonOperator.GE,
    ComparisonOperator.LE: ComparisonOperator.GT,
}
