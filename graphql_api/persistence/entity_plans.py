"""The statements that read one entity's rows for one viewer: each a template, and the values that it is used with."""

from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import BigInteger, Select, literal
from sqlalchemy.types import TypeEngine

from domain.kernel.aggregation import Aggregation, Group
from domain.kernel.entity import EntityDescription
from domain.kernel.records import Row
from domain.kernel.relations import ToMany
from domain.kernel.selection import Listing, Page, RelatedMeasures, Selection
from domain.kernel.specification import EVERYTHING, Operand
from graphql_api.persistence.aggregation import GroupStatements
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.owned_pages import OwnedPageStatements
from graphql_api.persistence.pages import PageStatements
from graphql_api.persistence.plans import ListShape, Plans, followed, holes
from graphql_api.persistence.shapes import Dissection, put_together
from graphql_api.persistence.sights import Sight
from graphql_api.persistence.statements import TOTAL, ListStatements, is_bounded


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a statement is built for: a list with holes, and a hole for the identities that it is about, or a limit."""

    statements: ListStatements
    listing: Listing
    given: Hole
    relation: ToMany | None
    has_lateral: bool

    @property
    def page(self) -> Page:
        return cast(Page, self.listing.page)

    @property
    def owned(self) -> tuple[ToMany, Hole, Listing]:
        return cast(ToMany, self.relation), self.given, self.listing


# What passes a reading on is no coroutine itself: each would be resumed by the one around it.
_Reading: TypeAlias = Coroutine[Any, Any, Sequence[Row]]
_Build: TypeAlias = Callable[[_Wanted], Select[Any]]


def _by_identity(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.by_identity(wanted.listing.selection, wanted.given)


def _one_by_identity(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.one_by_identity(wanted.listing.selection, wanted.given)


def _stored(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.stored(wanted.listing.selection, wanted.given)


def _all(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.all(wanted.listing)


def _some(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.all(wanted.listing).limit(literal(wanted.given, BigInteger()))


def _page(wanted: _Wanted) -> Select[Any]:
    return PageStatements.of(wanted.statements, wanted.listing).page(wanted.listing, wanted.page)


def _page_in_one_scan(wanted: _Wanted) -> Select[Any]:
    return PageStatements.of(wanted.statements, wanted.listing).page_in_one_scan(wanted.listing, wanted.page)


def _around(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.around(wanted.listing)


def _pages_of_owners(wanted: _Wanted) -> Select[Any]:
    statements = OwnedPageStatements.of(wanted.statements, has_lateral=wanted.has_lateral)
    return statements.pages(*wanted.owned, wanted.page)


def _totals_of_owners(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.totals_of_owners(*wanted.owned)


def _owners_beyond(wanted: _Wanted) -> Select[Any]:
    return wanted.statements.owners_beyond(*wanted.owned)


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class EntityPlans:
    """Reads one entity's rows for one viewer."""

    plans: Plans
    entity: EntityDescription
    sight: Sight

    def several(self, selection: Selection, ids: list[UUID]) -> _Reading:
        """Read rows by their identities, in no order, together with whoever asks for others of the kind."""
        return self.plans.lookups.several(self._kind(selection), ids, lambda ids: self.by_identity(selection, ids))

    def by_identity(self, selection: Selection, ids: Sequence[UUID]) -> _Reading:
        """Read rows by their identities, in no order."""
        return (
            self._by(_one_by_identity, selection, ids[0]) if len(ids) == 1 else self._by(_by_identity, selection, ids)
        )

    def stored(self, selection: Selection, id: UUID) -> _Reading:
        """Read a row by its identity, whether or not it may be seen."""
        return self._by(_stored, selection, id)

    def all(self, listing: Listing, limit: int | None) -> _Reading:
        """Read the rows of a list, or the first of them."""
        if limit is None:
            return self._rows(_all, listing)
        return self._rows(_some, listing, limit)

    async def page(self, listing: Listing) -> list[Row]:
        """Read the rows of a page and one more; beside each, what is around."""
        if not listing.count or listing.where is EVERYTHING or (listing.page is not None and is_bounded(listing.page)):
            return await self._rows(_page, listing)
        values = [*self.sight.values, ()]
        shape = self.plans.shape(listing, self.entity, values)
        kind = (self.entity.name, shape, self.sight.kind)
        rows = await self._run(_page_in_one_scan if self.plans.yields.are_short(kind) else _page, shape, values)
        self.plans.yields.note(kind, rows[0][TOTAL] if rows else 0)
        return rows

    async def around(self, listing: Listing) -> Row:
        """Read what is around a page alone."""
        return (await self._rows(_around, listing))[0]

    def pages_of_owners(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Read a page and one row more for each owner."""
        return self._rows(_pages_of_owners, listing, owners, relation)

    def totals_of_owners(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Count the rows of each owner that has any."""
        return self._rows(_totals_of_owners, replace(listing, page=None), owners, relation)

    def owners_beyond(self, relation: ToMany, owners: Sequence[UUID], listing: Listing) -> _Reading:
        """Tell which owners have a row at or beyond each position that bounds their pages."""
        return self._rows(_owners_beyond, listing, owners, relation)

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

    def _kind(self, selection: Selection) -> Hashable:
        return self.entity.name, selection.fields, followed(selection), self.sight

    def _by(self, build: _Build, selection: Selection, given: Sequence[UUID] | UUID) -> _Reading:
        shape = ListShape.of_things(selection.fields, followed(selection))
        return self._run(build, shape, [*self.sight.values, given])

    def _rows(
        self, build: _Build, listing: Listing, given: Sequence[UUID] | UUID | int = (), relation: ToMany | None = None
    ) -> Coroutine[Any, Any, list[Row]]:
        values = [*self.sight.values, given]
        return self._run(build, self.plans.shape(listing, self.entity, values), values, relation)

    def _run(
        self, build: _Build, shape: ListShape, values: Sequence[Any], relation: ToMany | None = None
    ) -> Coroutine[Any, Any, list[Row]]:
        def statement() -> Select[Any]:
            following = holes(len(self.sight.values))
            given = next(following)
            statements = ListStatements(self.plans.tables, self.entity, self.sight.kind.policies)
            return build(_Wanted(statements, shape.listing(following), given, relation, self.plans.has_lateral))

        return self.plans.rows((build, self.entity.name, relation, shape, self.sight.kind), values, statement)

    @property
    def _group_statements(self) -> GroupStatements:
        return GroupStatements(self.plans.tables, self.entity, self.sight.kind.policies)

    def _of_groups(self, aggregation: Aggregation) -> Dissection:
        def kind(_entity: EntityDescription, operand: Operand) -> TypeEngine[Any]:
            return GroupStatements(self.plans.tables, self.entity).kind(aggregation, operand)

        return Dissection(self.plans.tables.model.__getitem__, kind)
