"""Statements that change rows, compiled once for what they change and used with many values."""

from collections.abc import Coroutine, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    CTE,
    Delete,
    Insert,
    Table,
    Update,
    delete,
    insert,
    literal,
    literal_column,
    select,
    union_all,
    update,
)

from graphql_api.persistence.holes import Hole
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.transaction import Transaction

W = TypeVar("W", Update, Delete)

MOST_ROWS_OF_A_STATEMENT: Final = 32
"""More are sent with a statement for one row, which takes any number of them."""


class NewRows(NamedTuple):
    """Rows of one table: the names of their columns, and the values of each row in this order."""

    table: Table
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class RowUpdate(NamedTuple):
    """A row, the version that it has, and the values that change."""

    table: Table
    id: UUID
    version: int
    changes: Mapping[str, Any]

    @property
    def values(self) -> list[Any]:
        """Give what fills the holes of the statement."""
        return [*self.changes.values(), self.id, self.version]


_name_of: Final = attrgetter("table.name")
_rows_of: Final = attrgetter("rows")


@dataclass(slots=True)  # one for each command: to freeze it would cost more than to make it
class Writer:
    """Changes rows within a transaction; `shared` reads beside it, together with others."""

    shared: Plans
    transaction: Transaction

    @property
    def plans(self) -> Plans:
        """What reads in the transaction, as it has made its rows."""
        return self.shared.on(self.transaction)

    async def insert(self, several: Sequence[NewRows]) -> None:
        """Store new rows, those that others refer to first."""
        counts = _counts(several)
        if self._fit(counts):
            template = await self.shared.template(("insert", *_shape(several, counts)), lambda: _insertion(several))
            await self.transaction.execute(template.text, template.arguments(_values(several)))
            return
        for new in several:
            one = [NewRows(new.table, new.columns, new.rows[:1])]
            template = await self.shared.template(("insert", *_shape(one, [1])), partial(_insertion, one))
            arguments = [template.arguments(row) for row in new.rows]
            await self.transaction.execute_many(template.text, arguments)

    def insert_and_commit(self, several: Sequence[NewRows]) -> Coroutine[Any, Any, None]:
        """Store new rows, and all that was changed before."""
        counts = _counts(several)
        if not self._fit(counts):
            return self._insert_in_parts_and_commit(several)
        key = ("insert", *_shape(several, counts))
        template = self.shared.templates.get(key)
        if template is None:
            return self._compile_and_commit(key, several)
        return self.transaction.finish(template.text, template.arguments(_values(several)))

    async def _compile_and_commit(self, key: Hashable, several: Sequence[NewRows]) -> None:
        template = await self.shared.template(key, lambda: _insertion(several))
        await self.transaction.finish(template.text, template.arguments(_values(several)))

    async def _insert_in_parts_and_commit(self, several: Sequence[NewRows]) -> None:
        await self.insert(several)
        await self.transaction.commit()

    async def update(self, row: RowUpdate) -> bool:
        """Change a row of its version, and tell whether it was there."""
        key = ("update", row.table.name, tuple(row.changes))
        template = await self.shared.template(key, lambda: _update(row, map(Hole, count())))
        return await self.transaction.execute(template.text, template.arguments(row.values)) == 1

    async def update_and_commit(self, row: RowUpdate, several: Sequence[NewRows]) -> bool:
        """Change a row of its version and store new ones, if it was there; tell whether it was."""
        key = ("update", row.table.name, tuple(row.changes), *_shape(several, _counts(several)))
        template = await self.shared.template(key, lambda: _update_and_insertion(row, several))
        arguments = template.arguments(row.values + _values(several))
        return await self.transaction.finish_if_any(template.text, arguments)

    async def delete(self, table: Table, id: UUID, version: int) -> bool:
        """Delete a row of this version, and tell whether it was there."""

        def statement() -> Delete:
            return _at_version(delete(table), table, map(Hole, count()))

        template = await self.shared.template(("delete", table.name), statement)
        return await self.transaction.execute(template.text, template.arguments([id, version])) == 1

    def fit_together(self, several: Sequence[NewRows]) -> bool:
        """Tell whether one statement can store them."""
        return self._fit(_counts(several))

    def _fit(self, counts: Sequence[int]) -> bool:
        return 0 < sum(counts) <= MOST_ROWS_OF_A_STATEMENT and (self.transaction.combines or len(counts) == 1)


def _counts(several: Iterable[NewRows]) -> list[int]:
    return [*map(len, map(_rows_of, several))]


def _shape(several: Iterable[NewRows], counts: Iterable[int]) -> list[str | int]:
    """Give what of new rows makes another statement: which tables they are of, and how many of each."""
    return [*map(_name_of, several), *counts]


def _insertion(several: Iterable[NewRows]) -> Insert:
    """Write one statement that inserts into several tables.

    PostgreSQL carries out the main part first and the others from the last to the first, and looks for what rows refer
    to when all are there.
    """
    holes = map(Hole, count())
    main, *others = [_insert(new, holes) for new in several]
    return main.add_cte(*(one.cte(f"part_{place}") for place, one in reversed(list(enumerate(others)))))


def _update_and_insertion(row: RowUpdate, several: Iterable[NewRows]) -> Insert:
    """Write one statement that changes a row and, for that row, inserts into tables. It gives a row if that was there.

    What is inserted is made of what was changed, so that a number of the outbox is taken once the row is locked.
    """
    holes = map(Hole, count())
    changed = _update(row, holes).returning(row.table.c.id).cte("changed")
    main, *others = [_insert_for(changed, new, holes) for new in several]
    parts = [one.cte(f"part_{place}") for place, one in reversed(list(enumerate(others)))]
    return main.add_cte(*parts).returning(literal_column("1"))


def _insert_for(changed: CTE, new: NewRows, holes: Iterator[Hole]) -> Insert:
    kinds = [new.table.c[name].type for name in new.columns]
    rows = [select(*[literal(next(holes), kind) for kind in kinds]).select_from(changed) for _ in new.rows]
    return insert(new.table).from_select(list(new.columns), union_all(*rows), include_defaults=False)


def _insert(new: NewRows, holes: Iterator[Hole]) -> Insert:
    columns = [(name, new.table.c[name].type) for name in new.columns]
    rows = [{name: literal(next(holes), kind) for name, kind in columns} for _ in new.rows]
    # Nothing that the database fills in is asked back.
    return insert(new.table).values(rows).inline()


def _values(several: Iterable[NewRows]) -> list[Any]:
    return list(chain.from_iterable(chain.from_iterable(map(_rows_of, several))))


def _update(row: RowUpdate, holes: Iterator[Hole]) -> Update:
    values = {name: literal(next(holes), row.table.c[name].type) for name in row.changes}
    return _at_version(update(row.table).values(values), row.table, holes)


def _at_version(statement: W, table: Table, holes: Iterator[Hole]) -> W:
    id, version = (literal(next(holes), table.c[name].type) for name in ("id", "version"))
    return statement.where(table.c.id == id, table.c.version == version)
