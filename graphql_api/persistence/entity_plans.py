"""The statements that read one entity's rows for one viewer: each a template, and the values that it is used with."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.types import TypeEngine

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import EntityDescription
from domain.kernel.records import Row
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, RelatedMeasures, Selection
from domain.kernel.specification import EVERYTHING, Operand
from graphql_api.persistence import wanted_rows
from graphql_api.persistence.aggregation import GroupStatements
from graphql_api.persistence.level_building import LevelBuilder
from graphql_api.persistence.level_shapes import LevelBelow
from graphql_api.persistence.level_statements import LevelStatement
from graphql_api.persistence.levels import ALONE, Level
from graphql_api.persistence.list_shapes import ListShape, followed
from graphql_api.persistence.lookups import Read
from graphql_api.persistence.plans import Plans, holes
from graphql_api.persistence.shapes import Dissection, put_together
from graphql_api.persistence.sights import Sight
from graphql_api.persistence.statements import TOTAL, ListStatements, is_bounded
from graphql_api.persistence.wanted_rows import Build, WantedRows
from graphql_api.persistence.yields import OFTEN_ENOUGH, few

# What passes a reading on is no coroutine itself: each would be resumed by the one around it.
_Reading: TypeAlias = Coroutine[Any, Any, list[Row]]


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class EntityPlans:
    """Reads one entity's rows for one viewer."""

    plans: Plans
    entity: EntityDescription
    sight: Sight

    def several(self, selection: Selection, ids: list[UUID], at_once: Read | None = None) -> _Reading:
        """Read rows by their identities, in no order, together with whoever asks for others of the kind."""
        kind = (self.entity.name, selection.fields, followed(selection), self.sight)
        return self.plans.lookups.several(kind, ids, lambda ids: self.by_identity(selection, ids), at_once)

    async def one(self, selection: Selection, id: UUID) -> Level:
        """Read a row by its identity, and below, what belongs to it."""
        values = [*self.sight.values, id]
        below = self.plans.levels_below.below(self.entity, selection, None, values)
        if not below:
            return Level(await self.several(selection, [id]), ALONE)
        shape = ListShape.of_things(selection.fields, followed(selection))
        if any(one.pages for one in below):
            return await self._level(wanted_rows.one_by_identity, shape, below, values)
        # Where each level is of one thing it is soon the same for several, and read for them takes less than all levels
        # for each.
        read: Mapping[str, Level] = ALONE

        async def at_once(_ids: list[UUID]) -> list[Row]:
            nonlocal read
            rows, read = await self._level(wanted_rows.one_by_identity, shape, below, values)
            return rows

        rows = await self.several(selection, [id], at_once)
        return Level(rows, read)

    def by_identity(self, selection: Selection, ids: Sequence[UUID]) -> _Reading:
        """Read rows by their identities, in no order."""
        if len(ids) == 1:
            return self._by(wanted_rows.one_by_identity, selection, ids[0])
        return self._by(wanted_rows.by_identity, selection, ids)

    def stored(self, selection: Selection, id: UUID) -> _Reading:
        """Read a row by its identity, whether or not it may be seen."""
        return self._by(wanted_rows.stored, selection, id)

    def all(self, listing: Listing, limit: int | None) -> _Reading:
        """Read the rows of a list, or the first of them."""
        if limit is None:
            return self._rows(wanted_rows.all_rows, listing)
        return self._rows(wanted_rows.first_rows, listing, limit)

    async def page(self, listing: Listing) -> Level:
        """Read the rows of a page and one more; beside each, what is around, and below, what belongs to them."""
        values = [*self.sight.values, ()]
        shape = self.plans.shapes.of(listing, self.entity, values)
        below = self.plans.levels_below.below(self.entity, listing.selection, listing.page, values)
        page = listing.page
        if page is None or not listing.count or listing.where is EVERYTHING or is_bounded(page):
            return await self._level(wanted_rows.page, shape, below, values)
        kind, yields = (self.entity.name, shape, self.sight.kind), self.plans.yields
        times_short = yields.times_short(kind)
        build = wanted_rows.page_in_one_scan if times_short >= OFTEN_ENOUGH else wanted_rows.page
        level = await self._level(build, shape, below, values)
        total = level.rows[0][TOTAL] if level.rows else 0
        has_index = listing.order[0].field in self.plans.tables.mapped[self.entity.name].indexed
        yields.note(kind, times_short, is_short=total <= few(page.size, has_index=has_index))
        return level

    async def around(self, listing: Listing) -> Row:
        """Read what is around a page alone."""
        return (await self._rows(wanted_rows.around, listing))[0]

    def pages_of_owners(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Read a page and one row more for each owner."""
        return self._rows(wanted_rows.pages_of_owners, listing, owners, relation)

    def totals_of_owners(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Count the rows of each owner that has any."""
        return self._rows(wanted_rows.totals_of_owners, replace(listing, page=None), owners, relation)

    def owners_beyond(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Tell which owners have a row at or beyond each position that bounds their pages."""
        return self._rows(wanted_rows.owners_beyond, listing, owners, relation)

    async def groups(self, aggregation: Aggregation) -> Sequence[Group]:
        """Read groups, in order."""
        values = list(self.sight.values)
        where = self.plans.dissection.take_apart(aggregation.where, self.entity, values)
        having = self._of_groups(aggregation).take_apart(aggregation.having, self.entity, values)
        values.append(aggregation.limit)

        def statement() -> Select[Any]:
            following = holes(len(self.sight.values))
            with_holes = replace(
                aggregation, where=put_together(where, following), having=put_together(having, following)
            )
            limit = None if aggregation.limit is None else next(following)
            return self._group_statements.groups(replace(with_holes, limit=limit))  # type: ignore[arg-type]  # a hole

        rest = replace(aggregation, where=EVERYTHING, having=EVERYTHING, limit=None if aggregation.limit is None else 1)
        return await self.plans.rows(
            ("groups", self.entity.name, rest, where, having, self.sight.kind), values, statement
        )

    async def measures_of_owners(
        self, relation: ToMany, owners: Sequence[UUID], wanted: RelatedMeasures
    ) -> Sequence[Group]:
        """Read what is measured of each owner's rows."""
        values = [*self.sight.values, owners]
        where = self.plans.dissection.take_apart(wanted.where, self.entity, values)

        def statement() -> Select[Any]:
            following = holes(len(self.sight.values))
            ids, with_holes = next(following), replace(wanted, where=put_together(where, following))
            return self._group_statements.of_owners(relation, ids, with_holes)

        key = ("measures", self.entity.name, relation, wanted.measures, where, self.sight.kind)
        return await self.plans.rows(key, values, statement)

    def _by(self, build: Build, selection: Selection, given: Sequence[UUID] | UUID) -> _Reading:
        shape = ListShape.of_things(selection.fields, followed(selection))
        return self._run(build, shape, [*self.sight.values, given])

    def _rows(
        self, build: Build, listing: Listing, given: Sequence[UUID] | UUID | int = (), relation: ToMany | None = None
    ) -> _Reading:
        values = [*self.sight.values, given]
        return self._run(build, self.plans.shapes.of(listing, self.entity, values), values, relation)

    def _run(self, build: Build, shape: ListShape, values: Sequence[Any], relation: ToMany | None = None) -> _Reading:
        def statement() -> Select[Any]:
            following = holes(len(self.sight.values))
            given = next(following)
            statements = ListStatements(self.plans.tables, self.entity, self.sight.kind.policies)
            return build(WantedRows(statements, shape.listing(following), given, relation, self.plans.has_lateral))

        return self.plans.rows((build, self.entity.name, relation, shape, self.sight.kind), values, statement)

    async def _level(
        self, build: Build, shape: ListShape, below: tuple[LevelBelow, ...], values: Sequence[Any]
    ) -> Level:
        if not below:
            return Level(await self._run(build, shape, values), ALONE)

        def statement() -> LevelStatement:
            builder = LevelBuilder(self.plans.tables, self.sight.kind.policies, holes(len(self.sight.values)))
            return LevelStatement(builder.uppermost(build, self.entity, shape, below))

        return await self.plans.levels((build, self.entity.name, shape, below, self.sight.kind), values, statement)

    @property
    def _group_statements(self) -> GroupStatements:
        return GroupStatements(self.plans.tables, self.entity, self.sight.kind.policies)

    def _of_groups(self, aggregation: Aggregation) -> Dissection:
        def kind(_entity: EntityDescription, operand: Operand) -> TypeEngine[Any]:
            return GroupStatements(self.plans.tables, self.entity).kind(aggregation, operand)

        return Dissection(self.plans.tables.model.__getitem__, kind)
