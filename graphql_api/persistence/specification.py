"""Specifications as SQL conditions.

Two-valued where SQL has three: negation is pushed to the leaves, where an absent value is answered explicitly, so that
indexes stay usable (`not price > 5` is `price <= 5 or price is null`). A condition is never negated from outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import Relation, ToOne
from domain.kernel.specification import (
    EVERYTHING,
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
from domain.kernel.viewer import Viewer
from graphql_api.persistence.comparisons import Condition, comparison
from graphql_api.persistence.composite_keys import same
from graphql_api.persistence.decimals import fitted
from graphql_api.persistence.existence import as_existence
from graphql_api.persistence.holes import Hole, prepared
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.types import ExactDecimal

Onlooker: TypeAlias = Viewer | Mapping[str, Specification] | None
"""A viewer, or the policies of one by the names of the entities; None is the application itself."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What is joined to rows: the columns of operands, and the rows at the end of each path of relations to one."""

    columns: Mapping[Operand, ColumnElement[Any]] = field(default_factory=dict)
    rows: Mapping[tuple[str, ...], FromClause] = field(default_factory=dict)

    def beyond(self, relation: str) -> "Joined":
        """Give what is joined to the rows that a relation leads to."""
        return Joined(rows={path[1:]: rows for path, rows in self.rows.items() if path[0] == relation and path[1:]})


NOTHING_JOINED = Joined()


def to_sql_condition(
    specification: Specification,
    entity: EntityDescription,
    tables: EntityTables,
    viewer: Onlooker = None,
    rows: FromClause | None = None,
    *,
    joined: Joined = NOTHING_JOINED,
) -> Condition:
    """Compile a specification over an entity's table, or over other rows that have its fields (requirement 2.3).

    What it says of related things, it says of those that the viewer may see; without a viewer, of all. What is joined
    to the rows is read there: a database does not know that two aliases mean the same.
    """
    rows = tables[entity.name] if rows is None else rows
    return _Compiler(entity, tables, rows, viewer, joined).condition(specification)


def to_sql_operand(
    operand: Operand, entity: EntityDescription, tables: EntityTables, viewer: Onlooker = None
) -> ColumnElement[Any]:
    """Compile an operand over an entity's table: a column, or a subquery that yields one value for each row."""
    return _Compiler(entity, tables, tables[entity.name], viewer).operand(operand)


def visible(
    entity: EntityDescription, tables: EntityTables, viewer: Onlooker = None, rows: FromClause | None = None
) -> Condition:
    """Leave out the rows of an entity's table that a viewer may not see, and those that are marked as removed."""
    # A policy says itself what it wants of related rows, and sees them as they are.
    return to_sql_condition(policy(entity, tables, viewer), entity, tables, None, rows)


def policy(entity: EntityDescription, tables: EntityTables, viewer: Onlooker) -> Specification:
    """Say which rows of an entity a viewer may see."""
    return viewer[entity.name] if isinstance(viewer, Mapping) else tables.model.visible_to(entity, viewer)


class _Compiler:
    """Compiles the conditions on the rows of one entity."""

    def __init__(
        self,
        entity: EntityDescription,
        tables: EntityTables,
        rows: FromClause,
        viewer: Onlooker,
        joined: Joined = NOTHING_JOINED,
    ) -> None:
        self._entity = entity
        self._tables = tables
        self._rows = rows
        self._viewer = viewer
        self._joined = joined

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
        if operand in self._joined.columns:
            return self._joined.columns[operand]
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
        existence = as_existence(criteria.field, criteria.operator, criteria.value)
        if existence is not None:
            return self.condition(existence, negated)
        if criteria.operator is ComparisonOperator.IS_NULL:
            return self._absence(criteria.field, bool(criteria.value) is not negated)
        column = self.operand(criteria.field)
        if isinstance(column.type, ExactDecimal) and not _is_taken_apart(criteria.value):
            fitting = fitted(criteria.field, criteria.operator, criteria.value, column.type)
            if fitting != where(criteria.field, criteria.operator, criteria.value):
                return self.condition(fitting, negated)
        nullable = self._is_nullable(criteria.field)
        value = prepared(criteria.operator, criteria.value)
        if criteria.operator is ComparisonOperator.NE:
            return comparison(column, ComparisonOperator.EQ, value, nullable, not negated)
        return comparison(column, criteria.operator, value, nullable, negated)

    def _absence(self, operand: Operand, absent: bool) -> Condition:
        # What is joined is asked itself whether it is there, so that a database may begin with it.
        if operand in self._joined.columns and not absent:
            return self._joined.columns[operand].is_not(None)
        if self._has_value(operand):
            # An OR with a test that cannot succeed would keep a database from using an index for the rest.
            return false() if absent else true()
        if isinstance(operand, Through) and self._has_value_beyond(operand):
            return self._absence(self._to_one(operand).via, absent)
        column = self.operand(operand)
        return column.is_(None) if absent else column.is_not(None)

    def _has_value(self, operand: Operand) -> bool:
        """Tell whether an operand has a value for every row."""
        if isinstance(operand, Through):
            return self._has_value(self._to_one(operand).via) and self._has_value_beyond(operand)
        return not self._is_nullable(operand)

    def _has_value_beyond(self, operand: Through) -> bool:
        """Tell whether an operand has a value for every row that has the key which it starts with."""
        target = self._tables.model[self._to_one(operand).target]
        beyond = _Compiler(target, self._tables, self._tables[target.name], self._viewer)
        return policy(target, self._tables, self._viewer) == EVERYTHING and beyond._has_value(operand.operand)

    def _to_one(self, operand: Through) -> ToOne:
        return cast(ToOne, self._entity.relations[operand.relation])

    def _is_nullable(self, operand: Operand) -> bool:
        return describe_operand(operand, self._entity, self._tables.model.__getitem__).nullable

    def _relation(self, specification: RelationSpecification, negated: bool) -> Condition:
        joined = self._joined.rows.get((specification.relation,))
        if joined is not None:
            return self._joined_satisfies(specification, joined, negated)
        match specification.quantifier:
            case Quantifier.ONE | Quantifier.SOME:
                return self._related_exists(specification, part_negated=False, negated=negated)
            case Quantifier.NONE:
                return self._related_exists(specification, part_negated=False, negated=not negated)
            case Quantifier.EVERY:
                return self._related_exists(specification, part_negated=True, negated=not negated)
            case _:
                assert_never(specification.quantifier)

    def _joined_satisfies(self, specification: RelationSpecification, rows: FromClause, negated: bool) -> Condition:
        target = self._tables.model[self._entity.relations[specification.relation].target]
        beyond = self._joined.beyond(specification.relation)
        part = _Compiler(target, self._tables, rows, self._viewer, beyond).condition(specification.part, negated)
        return or_(rows.c.id.is_(None), part) if negated else and_(rows.c.id.is_not(None), part)

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
        return target, rows, [*self._link(relation, rows), visible(target, self._tables, self._viewer, rows)]

    def _link(self, relation: Relation, rows: FromClause) -> list[Condition]:
        if isinstance(relation, ToOne):
            return [same(rows.c.id, self._rows.c[relation.via])]
        if relation.through is None:
            return [same(rows.c[relation.via], self._rows.c.id)]
        between = self._tables[relation.through].alias()
        return [same(between.c[relation.via], self._rows.c.id), same(between.c[relation.onward], rows.c.id)]


def _is_taken_apart(value: Any) -> bool:
    return isinstance(value[0] if isinstance(value, tuple) and value else value, Hole)
