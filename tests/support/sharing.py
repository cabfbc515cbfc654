"""Processes that share answers, and what they have heard of the log."""

from collections.abc import Collection

from sqlalchemy import func, select

from graphql_api.composition.application import Application
from graphql_api.persistence.outbox.tables import outbox
from graphql_api.persistence.outbox.upkeep import tell_of_any_change
from tests.support.databases import store_tables
from tests.support.events import until


async def heard_by(beside: Application, applications: Collection[Application]) -> None:
    """Wait until several have heard of all that is committed."""
    committed = select(func.count().filter(outbox.c.position.is_(None)), func.coalesce(func.max(outbox.c.position), 0))

    async def heard() -> bool:
        async with beside.engine.connect() as connection:
            waiting, position = (await connection.execute(committed)).one()
        return not waiting and all(_position(each) >= position for each in applications)

    await until(heard)


async def forget_all(beside: Application, applications: Collection[Application]) -> None:
    """Have several forget what they keep, as `graphql-api cache clear` does."""
    names = [entity.name for entity in store_tables().model]
    async with beside.engine.begin() as connection:
        await tell_of_any_change(connection, names)
    for each in applications:
        each.events.wake()
    await heard_by(beside, applications)


def _position(application: Application) -> int:
    assert application.keeping is not None
    return application.keeping.announcer._position or 0
