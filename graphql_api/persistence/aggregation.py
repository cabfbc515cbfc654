"""The SELECT of groups: what they have in common, what is measured of each, which are kept and in what order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, Subquery, func, literal, select
from sqlalchemy.types import TypeEngine

from domain.kernel.aggregation import Aggregation, GroupKey, describe_groups
from domain.kernel.measures import AVERAGE_PLACES, Function, Measure
from domain.kernel.relations import ToMany
from domain.kernel.selection import RelatedMeasures
from domain.kernel.specification import EVERYTHING, Operand, Specification
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.joins import Joins
from graphql_api.persistence.keys import keyed
from graphql_api.persistence.membership import Values, among
from graphql_api.persistence.periods import start_of_period
from graphql_api.persistence.specification import (
    NOTHING_JOINED,
    Joined,
    to_sql_condition,
    to_sql_operand,
    visible,
)
from graphql_api.persistence.statements import ListStatements, sorted_by
from graphql_api.persistence.sums import LargeDecimal, exact_mean, exact_sum, scale_of

GROUP_OWNER: Final = "owner.id"  # no field has a dot in its name


@dataclass(frozen=True, slots=True)
class GroupStatements(ListStatements):
    """Builds the statements that measure one entity's rows."""

    def groups(self, aggregation: Aggregation) -> Select[Any]:
        """Select the groups, in order."""
        # What keys follow to other tables is joined: a subquery would look it up for each row.
        operands = (key.operand for key in aggregation.keys)
        joins = Joins(operands, self.entity, self.tables, self.viewer, with_counts=False)
        keys = {str(key): self._key(key, joins.joined) for key in aggregation.keys}
        rows = self._measured(joins.source(), keys, aggregation.measures, aggregation.where, joined=joins.joined)
        groups = _grouped(rows, tuple(keys), aggregation.measures).subquery()
        description = describe_groups(aggregation, self.entity, self.tables.model.__getitem__)
        kept = to_sql_condition(aggregation.having, description, self.tables, self.viewer, groups)
        order = (
            sorted_by(groups.c[str(key.field)], key, description.fields[str(key.field)].nullable)
            for key in aggregation.total_order
        )
        limit: Any = aggregation.limit
        return (
            select(groups)
            .where(kept)
            .order_by(*order)
            .limit(literal(limit, BigInteger()) if isinstance(limit, Hole) else limit)
        )

    def kind(self, aggregation: Aggregation, operand: Operand) -> TypeEngine[Any]:
        """Tell the type of a key or a measure of groups."""
        plain = replace(aggregation, where=EVERYTHING, having=EVERYTHING)
        return self.groups(plain).selected_columns[str(operand)].type

    def of_owners(self, relation: ToMany, owners: Values, wanted: RelatedMeasures) -> Select[Any]:
        """Select what is measured of each owner's rows, of owners that have any, in one statement."""
        owner, related = self._owned(relation)
        keys = {GROUP_OWNER: keyed(owner)}
        rows = self._measured(related, keys, wanted.measures, wanted.where, among(owner, owners))
        return _grouped(rows, tuple(keys), wanted.measures)

    def _measured(
        self,
        source: FromClause,
        keys: Mapping[str, ColumnElement[Any]],
        measures: Sequence[Measure],
        where: Specification,
        *conditions: ColumnElement[bool],
        joined: Joined = NOTHING_JOINED,
    ) -> Subquery:
        """Select the keys and the measured fields of all rows; each key is compiled, and computed, once."""
        fields = dict.fromkeys(measure.field for measure in measures if measure.field is not None)
        columns = [column.label(name) for name, column in keys.items()] + [self.table.c[field] for field in fields]
        return (
            select(*columns or [self.table.c.id])
            .select_from(source)
            .where(
                *conditions,
                to_sql_condition(where, self.entity, self.tables, self.viewer, joined=joined),
                visible(self.entity, self.tables, self.viewer),
            )
            .subquery()
        )

    def _key(self, key: GroupKey, joined: Joined) -> ColumnElement[Any]:
        value = joined.columns.get(key.operand)
        if value is None:
            value = to_sql_operand(key.operand, self.entity, self.tables, self.viewer)
        return value if key.period is None else start_of_period(key.period, value)


def _grouped(rows: Subquery, keys: Sequence[str], measures: Sequence[Measure]) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [rows.c[key] for key in keys]
    measured = [_measure(rows, measure).label(str(measure)) for measure in measures]
    # A statement has to select something; who wants nothing of the one group still wants to see it.
    selected = [*columns, *measured] or [_how_many()]
    return select(*selected).select_from(rows).group_by(*columns)


def _measure(rows: Subquery, measure: Measure) -> ColumnElement[Any]:
    if measure.field is None:
        return _how_many()
    return FUNCTIONS[measure.function](rows.c[measure.field])


def _how_many(*column: ColumnElement[Any]) -> ColumnElement[Any]:
    # Of 64 bits, since it is compared with numbers of so many.
    return func.count(*column, type_=BigInteger())


def _mean(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return exact_mean(column, type_=LargeDecimal(max(AVERAGE_PLACES, scale_of(column.type))))


# How each function of a field reads in SQL.
FUNCTIONS: Mapping[Function, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    Function.COUNT_DISTINCT: lambda column: _how_many(column.distinct()),
    Function.SUM: lambda column: exact_sum(column, type_=LargeDecimal(scale_of(column.type))),
    Function.AVG: _mean,
    Function.MIN: func.min,
    Function.MAX: func.max,
}
