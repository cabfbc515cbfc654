"""The SELECT of a page of a list, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import ColumnElement, False_, FromClause, Select, func, select, union_all

from domain.kernel import keyset
from domain.kernel.selection import Listing, Order, Page
from domain.kernel.specification import EVERYTHING, Count, Operand, Specification
from graphql_api.persistence.comparisons import Condition
from graphql_api.persistence.composite_keys import labelled_parts
from graphql_api.persistence.joins import Joins
from graphql_api.persistence.specification import to_sql_condition, visible
from graphql_api.persistence.statements import TOTAL, ListStatements, bounds, limited, sorted_by, source_of
from graphql_api.persistence.unforeseen import unforeseen


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rows that lie together in an index."""

    source: FromClause
    conditions: Sequence[Condition]
    order_by: Sequence[ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatements(ListStatements):
    """Builds the statements that read pages of one entity's rows, with what their order follows joined to them."""

    joins: Joins

    @classmethod
    def of(cls, statements: ListStatements, listing: Listing) -> Self:
        """Prepare to read the pages of a list."""
        tables, entity, viewer = statements.tables, statements.entity, statements.viewer
        operands = (key.field for key in listing.order)
        # Counting for all things at once is quicker than for each alone, unless few of them are in the list.
        joins = Joins(operands, entity, tables, viewer, with_counts=listing.where == EVERYTHING)
        return cls(tables, entity, viewer, statements.links, joins=joins)

    def page(self, listing: Listing, page: Page) -> Select[Any]:
        """Select the rows of a page and one more, which tells whether there are more; beside each, what is around."""
        order = keyset.reversed_order(listing.order) if page.backward else listing.order
        stretches = self._stretches(listing.order, order, page)
        # What lies in several parts is put in order by what the parts tell.
        placed = listing.placed or len(stretches) > 1
        rows = self._conditional(self._rows(listing.selection, listing.order, placed), listing)
        parts = [
            limited(rows.select_from(part.source).where(*part.conditions).order_by(*part.order_by), page)
            for part in stretches
        ]
        around = self._around(listing)
        if len(parts) == 1:
            return parts[0].add_columns(*around)
        keys = self._parts_of_keys(order)
        # SQLite has no parentheses around a part with a limit.
        together = union_all(*(select(part.add_columns(*keys).subquery()) for part in parts)).subquery()
        return self._first(together, order, page).add_columns(*around)

    def page_in_one_scan(self, listing: Listing, page: Page) -> Select[Any]:
        """Select the rows of a page that no position bounds and one more; beside each, how many there are of all.

        Rows are counted before they are put in order: PostgreSQL 15 believes that a window ends with the limit, and
        would follow an index of the order through the whole table.
        """
        order = keyset.reversed_order(listing.order) if page.backward else listing.order
        told = self._told(listing.selection, order)
        sources = (self._operand(one).label(str(one)) for one in dict.fromkeys(map(source_of, told)))
        # Undivided, since a window counts what is left of the rows once each part has been cut to the size of the page.
        rows = self._conditional(select(*sources).select_from(self.joins.source()), listing)
        counted = rows.add_columns(*self._parts_of_keys(order), func.count().over().label(TOTAL)).subquery()
        # What is made of columns is made of those of the page alone, and not of all that are counted and sorted.
        first = self._first(counted, order, page).subquery()
        columns = (self._column(one, first.c[str(source_of(one))]).label(str(one)) for one in told)
        return select(*columns, first.c[TOTAL]).order_by(*self._in_order(first, order))

    def _parts_of_keys(self, order: Order) -> list[ColumnElement[Any]]:
        return [one for key in order for one in labelled_parts(self._operand(key.field), str(key.field))]

    def _first(self, rows: FromClause, order: Order, page: Page) -> Select[Any]:
        """Select the first of rows that tell their place, and one more."""
        return limited(select(rows).order_by(*self._in_order(rows, order)), page)

    def _in_order(self, rows: FromClause, order: Order) -> list[ColumnElement[Any]]:
        return [sorted_by(rows.c[str(key.field)], key, self._is_nullable(key.field)) for key in order]

    def _conditional(self, rows: Select[Any], listing: Listing) -> Select[Any]:
        seen = visible(self.entity, self.tables, self.viewer)
        return rows.where(self._joined_condition(listing.where), seen)

    def _stretches(self, order: Order, running: Order, page: Page) -> list[_Stretch]:
        """Divide a window so that an index is entered at its place, whatever is level or absent there.

        What is computed for each row has no index, and is looked at once.
        """
        first, start = order[0], page.before if page.backward else page.after
        whole = _Stretch(self.joins.source(), self._within(order, page), self.order_by(running))
        if not self._has_column(first.field) or (start is None and not self._is_nullable(first.field)):
            return [whole]
        end = self._within(order, replace(page, before=None) if page.backward else replace(page, after=None))
        # In no stretch are there rows with a value and rows without.
        sorts = [sorted_by(self._operand(first.field), running[0], nullable=False), *self.order_by(running[1:])]
        parts: list[_Stretch] = []
        for stretch in keyset.stretches(running, start):
            condition = unforeseen(self._joined_condition(stretch.specification))
            if not isinstance(condition, False_):
                source = self.joins.source(first.field if stretch.has_values else None)
                parts.append(_Stretch(source, [condition, *end], sorts))
        return parts or [whole]

    def _within(self, order: Order, page: Page) -> list[Condition]:
        return [unforeseen(self._joined_condition(bound)) for bound in bounds(order, page)]

    def _has_column(self, operand: Operand) -> bool:
        return isinstance(operand, str) or (operand in self.joins.joined.columns and not isinstance(operand, Count))

    def _operand(self, operand: Operand) -> ColumnElement[Any]:
        column = self.joins.joined.columns.get(operand)
        if column is not None:
            return column
        return super(PageStatements, self)._operand(operand)  # slots make another class of this one

    def _joined_condition(self, specification: Specification) -> Condition:
        joined = self.joins.joined
        return to_sql_condition(specification, self.entity, self.tables, self.viewer, joined=joined)
