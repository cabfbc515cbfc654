"""What a database holds, as entities."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.entity import Entity
from graphql_api.persistence.engine import reading
from graphql_api.seeding.tables import TABLES


async def stored(engine: AsyncEngine) -> list[Entity]:
    """Read every row of every table, each kind after those that it refers to and in the order of identities."""
    async with reading(engine) as connection:
        return [
            kind(**row)
            for kind, table in TABLES.items()
            for row in (await connection.execute(select(table).order_by(table.c.id))).mappings()
        ]
