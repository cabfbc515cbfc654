"""Read plans: what is wanted of one entity, taken apart into the template of a statement and its values."""

import asyncio
import copy
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Protocol, Self

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from domain.kernel.entity import EntityDescription
from domain.kernel.records import Row
from domain.kernel.specification import Operand
from graphql_api.persistence.engine import reading
from graphql_api.persistence.filled_shapes import FilledDissection
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.level_shapes import LevelShapes
from graphql_api.persistence.levels import Level
from graphql_api.persistence.links import NO_LINKS, links_in
from graphql_api.persistence.list_shapes import ListShapes
from graphql_api.persistence.lookups import Lookups
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.mysql_dialect import prepared
from graphql_api.persistence.sights import Sights
from graphql_api.persistence.specification import to_sql_operand
from graphql_api.persistence.templates import Combined, Statement, Template, Templates
from graphql_api.persistence.yields import Yields

MOST_OPERANDS = 4_096


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
        self.shapes = ListShapes(self.dissection, by_size=self.has_lateral)
        links = links_in(tables) if self.has_lateral else NO_LINKS
        self.levels_below = LevelShapes(tables.model, links, self.shapes)

    def on(self, driver: Fetching) -> Self:
        """Give the same plans, whose statements run on something else."""
        plans = copy.copy(self)
        plans.driver = driver
        return plans

    async def template(self, key: Any, statement: Callable[[], Statement | Combined]) -> Template:
        """Give the compiled statement that a key tells apart from others."""
        found = self.templates.get(key)
        return found or self.templates.compile(key, statement(), await self._known_dialect())

    async def rows(self, key: Any, values: Sequence[Any], statement: Callable[[], Statement]) -> list[Row]:
        """Run the statement that a key tells apart from others, with values for its holes."""
        template = self.templates.get(key) or await self.template(key, statement)
        rows: list[Row] = template.finish(await self.driver.fetch(template.text, template.arguments(values)))
        return rows

    async def levels(self, key: Any, values: Sequence[Any], statement: Callable[[], Combined]) -> Level:
        """Run the statement that reads several levels at once."""
        template = self.templates.get(key) or await self.template(key, statement)
        level: Level = template.finish(await self.driver.fetch(template.text, template.arguments(values)))
        return level

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


def holes(first: int) -> Iterator[Hole]:
    """Give the holes for values in their order, from one on."""
    return map(Hole, count(first))


def _kinds(tables: EntityTables) -> Callable[[EntityDescription, Operand], TypeEngine[Any]]:
    @lru_cache(MOST_OPERANDS)
    def kind(name: str, operand: Operand) -> TypeEngine[Any]:
        return to_sql_operand(operand, tables.model[name], tables).type

    return lambda entity, operand: kind(entity.name, operand)
