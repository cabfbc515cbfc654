"""Deleting what has expired, a portion at a time: whatever has the field `expires_at` is kept until then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy import Table, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.clock import utc_now
from graphql_api.observability.outage import Outage
from graphql_api.persistence.engine import reading
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.membership import among

EXPIRY = "expires_at"
PORTION = 10_000
SECONDS_BETWEEN = 60.0

_log = structlog.stdlib.get_logger(__name__)


async def delete_expired(engine: AsyncEngine, tables: EntityTables, now: datetime, portion: int = PORTION) -> int:
    """Delete what expired before a moment, at most a portion of each kind; return how many there were."""
    expiring = [tables[entity.name] for entity in tables.model if EXPIRY in entity.fields]
    return sum([await _delete(engine, table, now, portion) for table in expiring])


@asynccontextmanager
async def expiring(engine: AsyncEngine, tables: EntityTables, pause: float = SECONDS_BETWEEN) -> AsyncIterator[None]:
    """Delete what expires while the block lasts."""
    task = asyncio.create_task(_keep_deleting(engine, tables, pause))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_deleting(engine: AsyncEngine, tables: EntityTables, pause: float) -> None:
    failing = Outage(_log, "database.expiry_failed", "database.expiry_resumed")
    while True:
        await asyncio.sleep(pause)
        try:
            await delete_expired(engine, tables, utc_now())
            failing.end()
        except (SQLAlchemyError, OSError) as error:
            failing.begin(error=type(error).__name__)


async def _delete(engine: AsyncEngine, table: Table, now: datetime, portion: int) -> int:
    # Looked for without a transaction: on SQLite one would keep every writer waiting, mostly for nothing.
    async with reading(engine) as connection:
        ids = (await connection.scalars(select(table.c.id).where(table.c[EXPIRY] <= now).limit(portion))).all()
    if ids:
        async with engine.begin() as connection:
            await connection.execute(delete(table).where(among(table.c.id, ids), table.c[EXPIRY] <= now))
    return len(ids)
