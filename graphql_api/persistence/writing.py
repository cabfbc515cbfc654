"""Statements that change rows, compiled once for what they change and used with many values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from sqlalchemy import Delete, Insert, Table, Update, delete, insert, literal, update

from graphql_api.persistence.holes import Hole
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.templates import Template
from graphql_api.persistence.transaction import Transaction

W = TypeVar("W", Update, Delete)

MOST_ROWS_OF_A_STATEMENT: Final = 32
"""More are sent with a statement for one row, which takes any number of them."""


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows of one table, all of which have the same columns."""

    table: Table
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Changes rows within a transaction.

    `plans` read in it, as it has made them; `shared` read beside it, together with others.
    """

    plans: Plans
    shared: Plans
    transaction: Transaction

    @classmethod
    def of(cls, plans: Plans, transaction: Transaction) -> Self:
        """Write by way of a transaction."""
        return cls(plans.on(transaction), plans, transaction)

    async def insert(self, several: Sequence[NewRows]) -> None:
        """Store new rows, those that others refer to first."""
        if self._fit_together(several):
            template = await self._inserting(several)
            await self.transaction.execute(template.text, template.arguments(_values(several)))
            return
        for new in several:
            template = await self._inserting([NewRows(new.table, new.rows[:1])])
            arguments = [template.arguments(tuple(row.values())) for row in new.rows]
            await self.transaction.execute_many(template.text, arguments)

    async def insert_and_commit(self, several: Sequence[NewRows]) -> None:
        """Store new rows, and all that was changed before."""
        if self._fit_together(several):
            template = await self._inserting(several)
            await self.transaction.finish(template.text, template.arguments(_values(several)))
        else:
            await self.insert(several)
            await self.transaction.commit()

    async def update(self, table: Table, id: UUID, version: int, changes: Mapping[str, Any]) -> bool:
        """Change a row of this version, and tell whether it was there."""

        def statement() -> Update:
            holes = map(Hole, count())
            values = {name: literal(next(holes), table.c[name].type) for name in changes}
            return _at_version(update(table).values(values), table, holes)

        key = ("update", table.name, tuple(changes))
        template = await self.plans.template(key, statement)
        return await self.transaction.execute(template.text, template.arguments([*changes.values(), id, version])) == 1

    async def delete(self, table: Table, id: UUID, version: int) -> bool:
        """Delete a row of this version, and tell whether it was there."""

        def statement() -> Delete:
            return _at_version(delete(table), table, map(Hole, count()))

        template = await self.plans.template(("delete", table.name), statement)
        return await self.transaction.execute(template.text, template.arguments([id, version])) == 1

    def _fit_together(self, several: Sequence[NewRows]) -> bool:
        if not self.transaction.combines and len(several) > 1:
            return False
        return 0 < sum(len(new.rows) for new in several) <= MOST_ROWS_OF_A_STATEMENT

    async def _inserting(self, several: Sequence[NewRows]) -> Template:
        key = ("insert", *((new.table.name, len(new.rows)) for new in several))
        return await self.plans.template(key, lambda: _insertion(several))


def _insertion(several: Iterable[NewRows]) -> Insert:
    """Write one statement that inserts into several tables.

    PostgreSQL carries out the main part first and the others from the last to the first, and looks for what rows refer
    to when all are there.
    """
    holes = map(Hole, count())
    main, *others = [_insert(new, holes) for new in several]
    return main.add_cte(*(one.cte(f"part_{place}") for place, one in reversed(list(enumerate(others)))))


def _insert(new: NewRows, holes: Iterator[Hole]) -> Insert:
    columns = [(name, new.table.c[name].type) for name in new.rows[0]]
    rows = [{name: literal(next(holes), kind) for name, kind in columns} for _ in new.rows]
    # Nothing that the database fills in is asked back.
    return insert(new.table).values(rows).inline()


def _values(several: Iterable[NewRows]) -> list[Any]:
    values: list[Any] = []
    for new in several:
        for row in new.rows:
            values.extend(row.values())
    return values


def _at_version(statement: W, table: Table, holes: Iterator[Hole]) -> W:
    id, version = (literal(next(holes), table.c[name].type) for name in ("id", "version"))
    return statement.where(table.c.id == id, table.c.version == version)
