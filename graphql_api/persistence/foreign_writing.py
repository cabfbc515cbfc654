"""Changing rows of tables that others made, which have the identities that the database gives, and no versions."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from operator import eq
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Insert, Table, Update, delete, insert, literal, table, update

from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict, ValidationFailed
from domain.kernel.validation import find_violations
from graphql_api.persistence.composite_keys import compared
from graphql_api.persistence.foreign_violations import tell_refusal
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.mapping import Mapped
from graphql_api.persistence.repository import SqlAlchemyRepository
from graphql_api.persistence.templates import Template
from graphql_api.persistence.violations import REFUSED, Written
from graphql_api.persistence.writing import RowUpdate, Writer

E = TypeVar("E", bound=Entity)
W = TypeVar("W", Update, Delete)


class Stored(NamedTuple):
    """The table that rows are written to, whose columns go by the names of fields, and the identity of a row."""

    table: Table
    id: ColumnElement[UUID]

    def insertion(self, names: tuple[str, ...]) -> Insert:
        """Write the statement that stores a row of these fields, and gives its identity."""
        if names:
            made = insert(self.table).values(self._values(names, map(Hole, count())))
        else:  # of a table whose columns are not told, so that all of them are filled in
            made = insert(table(self.table.name, schema=self.table.schema))
        return made.returning(self.id.label("id"))

    def change(self, names: tuple[str, ...]) -> Update:
        """Write the statement that changes these fields of a row."""
        holes = map(Hole, count())
        return self._of_one(update(self.table).values(self._values(names, holes)), holes)

    def deletion(self) -> Delete:
        """Write the statement that deletes a row."""
        return self._of_one(delete(self.table), map(Hole, count()))

    def _values(self, names: tuple[str, ...], holes: Iterator[Hole]) -> dict[str, Any]:
        return {name: literal(next(holes), self.table.c[name].type) for name in names}

    def _of_one(self, statement: W, holes: Iterator[Hole]) -> W:
        return statement.where(compared(eq, self.id, next(holes)))


class ForeignRepository(SqlAlchemyRepository[E]):
    """The entities of a table that others made."""

    def __init__(self, writer: Writer, mapped: Mapped, flush: Callable[[], Awaitable[None]], witnessed: bool) -> None:
        super().__init__(writer, mapped, flush, witnessed)
        self._stored = cast(Stored, mapped.stored)

    @property
    def written(self) -> Written:
        """The entity, and the table that its rows are written to."""
        return self._entity, self._stored.table

    async def insert(self, values: Mapping[str, object]) -> E:
        """Store a row, and return it as the database has it. Raises Conflict."""
        await self._flush()
        names = tuple(values)
        try:
            rows = await self._writer.plans.rows(
                ("insert", self._entity.name, names), [*values.values()], lambda: self._stored.insertion(names)
            )
        except REFUSED as error:
            tell_refusal(error, [self.written])
            raise
        entity = await self.get(rows[0]["id"])
        if entity is None:
            raise Conflict(self._entity.name, "the database did not keep it")
        return entity

    def has_as_it_is(self, thing: Any) -> bool:
        """Have every row read again: a trigger may have changed it."""
        del thing
        return False

    def take_only_update(self) -> RowUpdate | None:
        """Leave every change to `update_changed`."""
        return None

    async def update_changed(self) -> None:
        """Store the changes of known entities. Raises ValidationFailed, or Conflict where one is gone."""
        for known in self.entities.changed():
            changes = known.changes()
            names = tuple(changes)
            # What is there already may break rules that only somebody's declaration has.
            if broken := [one for one in find_violations(known.entity) if one.field in changes]:
                raise ValidationFailed(broken)
            known.keep()
            key = ("update", self._entity.name, names)
            template = await self._writer.shared.template(key, partial(self._stored.change, names))
            await self._sent(template, [*changes.values(), known.entity.id])

    async def delete_removed(self) -> None:
        """Delete what was removed. Raises Conflict where it is gone, or something refers to it."""
        template = await self._writer.shared.template(("delete", self._entity.name), self._stored.deletion)
        for known in self.entities.take_removed():
            await self._sent(template, [known.entity.id], removing=True)

    async def _sent(self, template: Template, values: Sequence[Any], *, removing: bool = False) -> None:
        """Change or delete a row. Raises Conflict where it is gone."""
        try:
            rows = await self._writer.transaction.execute(template.text, template.arguments(values))
        except REFUSED as error:
            tell_refusal(error, [self.written], removing=removing)
            raise
        if rows != 1:
            raise Conflict(self._entity.name, "it was taken away by somebody else")
