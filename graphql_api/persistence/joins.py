"""What an order follows to other tables, joined to the rows of a list.

As a subquery, the value of every row has to be looked up before the first row can be given. A join a database may begin
at the other table, whose index has the order.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, FromClause, and_, func

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import ToMany
from domain.kernel.specification import Count, Operand, Through
from graphql_api.persistence.composite_keys import same
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.specification import Joined, Onlooker, visible
from graphql_api.persistence.statements import OWNER, TOTAL, ListStatements

Path: TypeAlias = tuple[str, ...]


class Joins:
    """The rows of an entity, joined to what relations to one lead to, and the columns of what is read there."""

    def __init__(
        self,
        operands: Iterable[Operand],
        entity: EntityDescription,
        tables: EntityTables,
        viewer: Onlooker,
        *,
        with_counts: bool,
    ) -> None:
        """Join what operands read; with counts, which are then made for all rows, however few are wanted."""
        columns: dict[Operand, ColumnElement[Any]] = {}
        self._table = tables[entity.name]
        self._joined: dict[Path, tuple[FromClause, ColumnElement[bool]]] = {}
        for operand in operands:
            path, last = _path(operand)
            if path and isinstance(last, str):
                columns[operand] = self._reach(path, entity, tables, viewer).c[last]
            elif with_counts and isinstance(operand, Count):
                columns[operand] = self._count(operand, entity, tables, viewer)
        self.joined = Joined(columns, {path: rows for path, (rows, _) in self._joined.items()})

    def source(self, there: Operand | None = None) -> FromClause:
        """Give all rows with what is joined to them; only those where an operand is there, if one is named."""
        path = () if there is None else _path(there)[0]
        source: FromClause = self._table
        for place, (target, condition) in self._joined.items():
            # That there may be no such thing, or none that may be seen, keeps a database from beginning with it.
            source = source.join(target, condition, isouter=place != path[: len(place)])
        return source

    def _reach(self, path: Path, entity: EntityDescription, tables: EntityTables, viewer: Onlooker) -> FromClause:
        rows: FromClause = self._table
        for length, name in enumerate(path, start=1):
            relation = entity.relations[name]
            entity = tables.model[relation.target]
            if path[:length] not in self._joined:
                target = tables[entity.name].alias()
                tied = and_(same(target.c.id, rows.c[relation.via]), visible(entity, tables, viewer, target))
                self._joined[path[:length]] = target, tied
            rows = self._joined[path[:length]][0]
        return rows

    def _count(
        self, operand: Count, entity: EntityDescription, tables: EntityTables, viewer: Onlooker
    ) -> ColumnElement[Any]:
        relation = cast(ToMany, entity.relations[operand.relation])
        statements = ListStatements(tables, tables.model[relation.target], viewer)
        counts = statements.totals_of_all_owners(relation).subquery()
        self._joined[str(operand),] = counts, counts.c[OWNER] == self._table.c.id
        return func.coalesce(counts.c[TOTAL], 0)


def _path(operand: Operand) -> tuple[Path, Operand]:
    """Tell which relations an operand follows, and what it reads in the end."""
    if not isinstance(operand, Through):
        return (), operand
    path, last = _path(operand.operand)
    return (operand.relation, *path), last
