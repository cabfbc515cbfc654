"""The SELECT of a list: its columns, condition, order and window."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import eq
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Table,
    case,
    func,
    literal,
    literal_column,
    select,
)

from domain.kernel import keyset
from domain.kernel.entity import EntityDescription
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Direction, Listing, Order, Page, Selection, SortKey, Written
from domain.kernel.specification import Operand, Specification, describe_operand
from graphql_api.persistence.comparisons import Condition
from graphql_api.persistence.composite_keys import compared, directed, same
from graphql_api.persistence.holes import Hole, SizeHole
from graphql_api.persistence.keys import KeyOf, LinkOf, keyed
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.membership import Values, among
from graphql_api.persistence.specification import Onlooker, to_sql_condition, to_sql_operand, visible
from graphql_api.persistence.written import written

# No field and no operand has a name that starts with a dot.
OWNER: Final = ".owner"
TOTAL: Final = ".total"
BEFORE: Final = ".before"
AFTER: Final = ".after"

Told: TypeAlias = Operand | Written | KeyOf | LinkOf
"""What a row tells: a value, the text of one, the key of an identity, or that as the database itself compares it."""


@dataclass(frozen=True, slots=True)
class ListStatements:
    """Builds the statements that read one entity's rows.

    `links` are told by them besides, for those that are read together with others of which they are the owners.
    """

    tables: EntityTables
    entity: EntityDescription
    viewer: Onlooker = None
    links: tuple[LinkOf, ...] = ()

    @property
    def table(self) -> Table:
        """The table of the entity."""
        return self.tables[self.entity.name]

    def around(self, listing: Listing) -> Select[Any]:
        """Select what is around a page alone: of a page without rows, and where no page is wanted."""
        return select(*self._around(listing))

    def _around(self, listing: Listing) -> list[ColumnElement[Any]]:
        """Count all rows of a list; ask whether there is one at or beyond each position that bounds its page."""
        rows = select(func.count()).select_from(self.table).where(*self._conditions(listing)).correlate(None)
        total = [rows.scalar_subquery().label(TOTAL)] if listing.count else []
        beyond = self._outside(listing) if listing.surroundings else {}
        found = {
            side: select(1).where(*self._conditions(listing), outside).select_from(self.table).correlate(None).exists()
            for side, outside in beyond.items()
        }
        return [*total, *(exists.label(side) for side, exists in found.items())]

    def by_identity(self, selection: Selection, ids: Values) -> Select[Any]:
        """Select rows by their identities, in no order."""
        return self._visible_rows(selection).where(among(self.table.c.id, ids))

    def one_by_identity(self, selection: Selection, id: UUID | Hole) -> Select[Any]:
        """Select a row by its identity."""
        # PostgreSQL takes any list for one of ten, and would make a plan for a list of one again each time.
        return self._visible_rows(selection).where(compared(eq, self.table.c.id, id))

    def stored(self, selection: Selection, id: UUID | Hole) -> Select[Any]:
        """Select a row by its identity, whether or not it may be seen."""
        return self._rows(selection, ()).where(compared(eq, self.table.c.id, id))

    def all(self, listing: Listing) -> Select[Any]:
        """Select all rows of a list, in order."""
        rows = self._rows(listing.selection, listing.order, listing.placed).where(*self._conditions(listing))
        return rows.order_by(*self.order_by(listing.order))

    def _visible_rows(self, selection: Selection) -> Select[Any]:
        rows = self._rows(selection, (), keyed_by=(KeyOf("id"),))
        return rows.where(visible(self.entity, self.tables, self.viewer))

    def totals_of_owners(self, relation: ToMany, owners: Values, listing: Listing) -> Select[Any]:
        """Count the rows of each owner that has any."""
        owner, _ = self._owned(relation)
        totals = self.totals_of_all_owners(relation).where(among(owner, owners), self._condition(listing.where))
        return totals.with_only_columns(keyed(owner).label(OWNER), *totals.selected_columns[1:])

    def totals_of_all_owners(self, relation: ToMany) -> Select[Any]:
        """Count the rows of each owner that has any, whoever that is."""
        owner, rows = self._owned(relation)
        # Of 64 bits, since it is compared with numbers of so many.
        total = func.count(type_=BigInteger()).label(TOTAL)
        seen = visible(self.entity, self.tables, self.viewer)
        return select(owner.label(OWNER), total).select_from(rows).where(seen).group_by(owner)

    def owners_beyond(self, relation: ToMany, owners: Values, listing: Listing) -> Select[Any]:
        """Tell for each owner that has any rows whether one is at or beyond each position that bounds the pages."""
        owner, rows = self._owned(relation)
        sides = (func.max(case((outside, 1), else_=0)).label(side) for side, outside in self._outside(listing).items())
        return (
            select(keyed(owner).label(OWNER), *sides)
            .select_from(rows)
            .where(among(owner, owners), *self._conditions(listing))
            .group_by(owner)
        )

    def order_by(self, order: Order) -> list[ColumnElement[Any]]:
        """Sort by each key, absent values where the key wants them."""
        return [self._sorted(key) for key in order]

    def _rows(
        self, selection: Selection, order: Order, placed: bool = True, keyed_by: Sequence[KeyOf] = ()
    ) -> Select[Any]:
        wanted = self._told(selection, order, placed, keyed_by)
        return select(*(self._column(one, self._operand(source_of(one))).label(str(one)) for one in wanted))

    def _told(
        self, selection: Selection, order: Order, placed: bool = True, keyed_by: Sequence[KeyOf] = ()
    ) -> list[Told]:
        """List what rows are to tell."""
        place: list[Operand] = ["id", *(key.field for key in order)] if placed else []
        relations = (self.entity.relations[related.relation] for related in selection.related)
        keys = (KeyOf(relation.via if isinstance(relation, ToOne) else "id") for relation in relations)
        return list(dict.fromkeys((*place, *selection.fields, *keys, *keyed_by, *self.links))) or ["id"]

    def _column(self, told: Told, source: ColumnElement[Any]) -> ColumnElement[Any]:
        """Make what a row tells of the column that it comes from."""
        match told:
            case KeyOf():
                return keyed(source)
            case Written(field, tag):
                # Other people's tables are expressions, whose types do not promise what PostgreSQL makes of them.
                is_ours = isinstance(self.table, Table)
                return written(source, self.entity.fields[field].type, tag, exact=is_ours)
            case _:
                return source

    def _owned(self, relation: ToMany) -> tuple[ColumnElement[Any], FromClause]:
        if relation.through is None:
            return self.table.c[relation.via], self.table
        between = self.tables[relation.through]
        return between.c[relation.via], self.table.join(between, same(between.c[relation.onward], self.table.c.id))

    def _conditions(self, listing: Listing) -> list[Condition]:
        return [self._condition(listing.where), visible(self.entity, self.tables, self.viewer)]

    def _window(self, order: Order, page: Page) -> list[Condition]:
        return [self._condition(bound) for bound in bounds(order, page)]

    def _outside(self, listing: Listing) -> dict[str, Condition]:
        page, bounds = listing.page, {}
        if page is not None and page.after is not None:
            bounds[BEFORE] = self._condition(~keyset.after(listing.order, page.after))
        if page is not None and page.before is not None:
            bounds[AFTER] = self._condition(~keyset.before(listing.order, page.before))
        return bounds

    def _condition(self, specification: Specification) -> Condition:
        return to_sql_condition(specification, self.entity, self.tables, self.viewer)

    def _operand(self, operand: Operand) -> ColumnElement[Any]:
        return to_sql_operand(operand, self.entity, self.tables, self.viewer)

    def _sorted(self, key: SortKey) -> ColumnElement[Any]:
        return sorted_by(self._operand(key.field), key, self._is_nullable(key.field))

    def _is_nullable(self, operand: Operand) -> bool:
        return describe_operand(operand, self.entity, self.tables.model.__getitem__).nullable


def source_of(told: Told) -> Operand:
    """Give the operand that something which a row tells comes from."""
    return told.field if isinstance(told, KeyOf | LinkOf | Written) else told


def is_bounded(page: Page) -> bool:
    """Tell whether a page starts or ends at a position."""
    return page.after is not None or page.before is not None


def bounds(order: Order, page: Page) -> Sequence[Specification]:
    """Describe what lies within the positions that bound a page."""
    after = [] if page.after is None else [keyset.after(order, page.after)]
    return after if page.before is None else [*after, keyset.before(order, page.before)]


def limited(rows: Select[Any], page: Page) -> Select[Any]:
    """Keep the rows of a page and one more, which tells whether there are more."""
    size: int | SizeHole = page.size
    if isinstance(size, SizeHole) and size.most is not None:
        # PostgreSQL takes an unknown number for a tenth of all rows, and would plan again each time for less.
        rows = select(rows.limit(_number(size.most + 1)).subquery())
    return rows.limit(one_more(page))


def one_more(page: Page) -> ColumnElement[int]:
    """Give the size of a page and one more."""
    size: int | SizeHole = page.size
    return literal(size, BigInteger()) if isinstance(size, SizeHole) else _number(size + 1)


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), BigInteger())


def sorted_by(column: ColumnElement[Any], key: SortKey, nullable: bool) -> ColumnElement[Any]:
    """Sort by a column as a key says."""

    def direct(one: ColumnElement[Any]) -> ColumnElement[Any]:
        ordered = one.asc() if key.direction is Direction.ASCENDING else one.desc()
        if not nullable:
            return ordered
        # Databases differ in where absent values stand unless they are told.
        return ordered.nulls_first() if key.nulls_first else ordered.nulls_last()

    return directed(column, direct)
