"""Read plans: what is wanted of one entity, taken apart into the template of a statement and its values."""

import asyncio
import copy
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, Protocol, Self

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from domain.kernel.entity import EntityDescription
from domain.kernel.records import Row
from domain.kernel.selection import Listing, Order, Page, Related, Selection, Wanted
from domain.kernel.specification import Operand
from graphql_api.persistence.engine import reading
from graphql_api.persistence.filled_shapes import FilledDissection
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.lookups import Lookups
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.mysql_dialect import prepared
from graphql_api.persistence.positions import PositionShape, put_position, take_position
from graphql_api.persistence.shapes import Shape, put_together
from graphql_api.persistence.sights import Sights
from graphql_api.persistence.specification import to_sql_operand
from graphql_api.persistence.templates import Statement, Template, Templates
from graphql_api.persistence.yields import Yields

MOST_OPERANDS = 4_096
COMMON_SIZES = frozenset({1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 40, 50, 60, 100, 200, 250, 500, 1_000})
"""Sizes of pages that have statements of their own: PostgreSQL plans for an unknown size again each time."""


class PageShape(NamedTuple):
    """What of a page makes another statement."""

    after: PositionShape | None
    before: PositionShape | None
    backward: bool
    size: int | None


class ListShape(NamedTuple):
    """What of a list that is wanted makes another statement."""

    fields: tuple[Wanted, ...]
    related: tuple[str, ...]
    order: Order
    where: Shape
    page: PageShape | None
    counted: bool
    surroundings: bool
    placed: bool

    @classmethod
    def of_things(cls, fields: tuple[Wanted, ...], related: tuple[str, ...]) -> Self:
        """Give the shape of things that are asked for by their identities: all there are, in no order."""
        return cls(fields, related, (), (), None, counted=False, surroundings=False, placed=True)

    def listing(self, holes: Iterator[Hole]) -> Listing:
        """Make a list of this shape, with holes in the order in which values were taken out."""
        where = put_together(self.where, holes)
        page = None
        if self.page is not None:
            after, before = put_position(self.page.after, holes), put_position(self.page.before, holes)
            size: Any = next(holes) if self.page.size is None else self.page.size
            page = Page(size, after, before, self.page.backward)
        related = tuple([Related(name, name, Listing()) for name in self.related])
        selection = Selection(self.fields, related)
        return Listing(selection, where, self.order, page, self.counted, self.surroundings, self.placed)


class Fetching(Protocol):
    """Something that statements run on."""

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, as the driver has them."""
        ...


class Plans:
    """All that readers share: the templates, the policies of viewers, and the driver that statements run on."""

    def __init__(self, engine: AsyncEngine, driver: Fetching, tables: EntityTables) -> None:
        self.tables = tables
        self.dissection = FilledDissection(tables.model.__getitem__, _kinds(tables))
        self.sights = Sights(tables, self.dissection)
        self.templates = Templates()
        self.lookups = Lookups()
        self.yields = Yields()
        self._engine = engine
        self.driver = driver
        # SQLite has none, and MariaDB neither.
        self.has_lateral = engine.dialect.name == "postgresql"

    def on(self, driver: Fetching) -> Self:
        """Give the same plans, whose statements run on something else."""
        plans = copy.copy(self)
        plans.driver = driver
        return plans

    async def template(self, key: Any, statement: Callable[[], Statement]) -> Template:
        """Give the compiled statement that a key tells apart from others."""
        found = self.templates.get(key)
        return found or self.templates.compile(key, statement(), await self._known_dialect())

    async def rows(self, key: Any, values: Sequence[Any], statement: Callable[[], Statement]) -> list[Row]:
        """Run the statement that a key tells apart from others, with values for its holes."""
        template = self.templates.get(key) or await self.template(key, statement)
        return template.finish(await self.driver.fetch(template.text, template.arguments(values)))

    def shape(self, listing: Listing, entity: EntityDescription, values: list[Any]) -> ListShape:
        """Give the shape of a list, and append what was taken out to the values."""
        where = self.dissection.take_apart(listing.where, entity, values)
        page = listing.page
        return ListShape(
            listing.selection.fields,
            followed(listing.selection),
            listing.order,
            where,
            None if page is None else self._page(page, listing.order, entity, values),
            listing.count,
            listing.surroundings,
            listing.placed,
        )

    def _page(self, page: Page, order: Order, entity: EntityDescription, values: list[Any]) -> PageShape:
        kind_of = self.dissection.kind_of
        after = take_position(page.after, order, entity, kind_of, values)
        before = take_position(page.before, order, entity, kind_of, values)
        if page.size in COMMON_SIZES:
            return PageShape(after, before, page.backward, page.size)
        values.append(page.size + 1)
        return PageShape(after, before, page.backward, None)

    async def _known_dialect(self) -> Dialect:
        if self.templates.dialect is None:
            # Whoever is cancelled meanwhile would leave a connection half made.
            learning = asyncio.ensure_future(self._learn_dialect())
            return await asyncio.shield(learning)
        return self.templates.dialect

    async def _learn_dialect(self) -> Dialect:
        # SQLAlchemy learns what it has to know of a server with its first connection.
        async with reading(self._engine):
            self.templates.dialect = prepared(self._engine.dialect)
        return self.templates.dialect


def followed(selection: Selection) -> tuple[str, ...]:
    """Name the relations that lead on from what is selected, to things or to what is measured of them."""
    return (*[one.relation for one in selection.related], *[one.relation for one in selection.measured])


def holes(first: int) -> Iterator[Hole]:
    """Give the holes for values in their order, from one on."""
    return map(Hole, count(first))


def _kinds(tables: EntityTables) -> Callable[[EntityDescription, Operand], TypeEngine[Any]]:
    @lru_cache(MOST_OPERANDS)
    def kind(name: str, operand: Operand) -> TypeEngine[Any]:
        return to_sql_operand(operand, tables.model[name], tables).type

    return lambda entity, operand: kind(entity.name, operand)
