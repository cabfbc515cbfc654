"""Specifications as SQL conditions.

Two-valued where SQL has three: negation is pushed to the leaves, where an absent value is answered explicitly, so that
indexes stay usable (`not price > 5` is `price <= 5 or price is null`). A condition is never negated from outside.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import Relation, ToOne
from domain.kernel.specification import (
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    Count,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    describe_operand,
    where,
)
from domain.kernel.specification.patterns import ESCAPE
from domain.kernel.viewer import Viewer
from graphql_api.persistence.decimals import fitted
from graphql_api.persistence.folding import fold_case
from graphql_api.persistence.holes import Hole, prepared
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.membership import among
from graphql_api.persistence.types import ExactDecimal

Condition = ColumnElement[bool]
Onlooker: TypeAlias = Viewer | Mapping[str, Specification] | None
"""A viewer, or the policies of one by the names of the entities; None is the application itself."""


def to_sql_condition(
    specification: Specification,
    entity: EntityDescription,
    tables: EntityTables,
    viewer: Onlooker = None,
    rows: FromClause | None = None,
) -> Condition:
    """Compile a specification over an entity's table, or over other rows that have its fields (requirement 2.3).

    What it says of related things, it says of those that the viewer may see; without a viewer, of all.
    """
    rows = tables[entity.name] if rows is None else rows
    return _Compiler(entity, tables, rows, viewer).condition(specification)


def to_sql_operand(
    operand: Operand, entity: EntityDescription, tables: EntityTables, viewer: Onlooker = None
) -> ColumnElement[Any]:
    """Compile an operand over an entity's table: a column, or a subquery that yields one value for each row."""
    return _Compiler(entity, tables, tables[entity.name], viewer).operand(operand)


def visible(entity: EntityDescription, tables: EntityTables, viewer: Onlooker = None) -> Condition:
    """Leave out the rows of an entity's table that a viewer may not see, and those that are marked as removed."""
    return _visible(entity, tables, tables[entity.name], viewer)


def _visible(entity: EntityDescription, tables: EntityTables, rows: FromClause, viewer: Onlooker) -> Condition:
    policy = viewer[entity.name] if isinstance(viewer, Mapping) else tables.model.visible_to(entity, viewer)
    # A policy says itself what it wants of related rows, and sees them as they are.
    return _Compiler(entity, tables, rows, None).condition(policy)


class _Compiler:
    """Compiles the conditions on the rows of one entity."""

    def __init__(self, entity: EntityDescription, tables: EntityTables, rows: FromClause, viewer: Onlooker) -> None:
        self._entity = entity
        self._tables = tables
        self._rows = rows
        self._viewer = viewer

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

    def operand(self, operand: Operand) -> ColumnElement[Any]:
        match operand:
            case str():
                return self._rows.c[operand]
            case Through(name, inner):
                target, rows, link = self._related(name)
                value = _Compiler(target, self._tables, rows, self._viewer).operand(inner)
                return select(value).where(*link).correlate(self._rows).scalar_subquery()
            case Count(name):
                _, rows, link = self._related(name)
                # Of 64 bits, since it is compared with numbers of so many.
                count = select(func.count(type_=BigInteger())).select_from(rows)
                return count.where(*link).correlate(self._rows).scalar_subquery()
            case _:
                assert_never(operand)

    def _comparison(self, criteria: FilterCriteria, negated: bool) -> Condition:
        column = self.operand(criteria.field)
        if isinstance(column.type, ExactDecimal) and not _is_taken_apart(criteria.value):
            fitting = fitted(criteria.field, criteria.operator, criteria.value, column.type)
            if fitting != where(criteria.field, criteria.operator, criteria.value):
                return self.condition(fitting, negated)
        nullable = describe_operand(criteria.field, self._entity, self._tables.model.__getitem__).nullable
        value = prepared(criteria.operator, criteria.value)
        if criteria.operator is ComparisonOperator.NE:
            return _comparison(column, ComparisonOperator.EQ, value, nullable, not negated)
        return _comparison(column, criteria.operator, value, nullable, negated)

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
        target, rows, link = self._related(specification.relation)
        part = _Compiler(target, self._tables, rows, self._viewer).condition(specification.part, part_negated)
        found = exists(select(1).select_from(rows).where(part, *link).correlate(self._rows))
        return not_(found) if negated else found

    def _related(self, name: str) -> tuple[EntityDescription, FromClause, list[Condition]]:
        """Find what a relation leads to: the entity, its rows, and the conditions that tie them to the rows here."""
        relation = self._entity.relations[name]
        target = self._tables.model[relation.target]
        rows = self._tables[relation.target].alias()
        return target, rows, [*self._link(relation, rows), _visible(target, self._tables, rows, self._viewer)]

    def _link(self, relation: Relation, rows: FromClause) -> list[Condition]:
        if isinstance(relation, ToOne):
            return [rows.c.id == self._rows.c[relation.via]]
        if relation.through is None:
            return [rows.c[relation.via] == self._rows.c.id]
        between = self._tables[relation.through].alias()
        return [between.c[relation.via] == self._rows.c.id, between.c[relation.onward] == rows.c.id]


def _is_taken_apart(value: Any) -> bool:
    return isinstance(value[0] if isinstance(value, tuple) and value else value, Hole)


def _comparison(
    column: ColumnElement[Any], operator: ComparisonOperator, value: Any, nullable: bool, negated: bool
) -> Condition:
    if operator is ComparisonOperator.IS_NULL:
        if not nullable:
            # An OR with a test that cannot succeed would keep a database from using an index for the rest.
            return false() if bool(value) is not negated else true()
        return column.is_(None) if bool(value) is not negated else column.is_not(None)
    condition = CONDITIONS[operator](column, value)
    if not negated:
        return condition
    opposite = OPPOSITES.get(operator)
    refuted = not_(condition) if opposite is None else CONDITIONS[opposite](column, value)
    return or_(refuted, column.is_(None)) if nullable else refuted


def _bound(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    # SQLAlchemy writes truth values as keywords, and refuses to compare those by their order.
    return literal(value, column.type)


def _equal(column: ColumnElement[Any], value: Any) -> Condition:
    return column == (_bound(column, value) if isinstance(value, Hole) else value)


def _like(column: ColumnElement[Any], pattern: Any) -> Condition:
    return column.like(_bound(column, pattern), escape=ESCAPE)


def _folded_like(column: ColumnElement[Any], pattern: Any) -> Condition:
    return _like(fold_case(column), pattern)


# How each operator reads in SQL for a prepared value that is there. NE is the negation of EQ, and IS_NULL about absence
# itself.
CONDITIONS: Mapping[ComparisonOperator, Callable[[ColumnElement[Any], Any], Condition]] = {
    ComparisonOperator.EQ: _equal,
    ComparisonOperator.GT: lambda column, value: column > _bound(column, value),
    ComparisonOperator.GE: lambda column, value: column >= _bound(column, value),
    ComparisonOperator.LT: lambda column, value: column < _bound(column, value),
    ComparisonOperator.LE: lambda column, value: column <= _bound(column, value),
    ComparisonOperator.IN: among,
    ComparisonOperator.LIKE: _like,
    # Not BETWEEN: PostgreSQL's grammar has no place for a COLLATE in its first bound.
    ComparisonOperator.BETWEEN: lambda column, bounds: and_(
        column >= _bound(column, bounds[0]), column <= _bound(column, bounds[1])
    ),
    ComparisonOperator.CONTAINS: _like,
    ComparisonOperator.STARTS_WITH: _like,
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
