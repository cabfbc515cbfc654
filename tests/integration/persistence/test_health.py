"""What is said of storage that commands need (requirement 7.2)."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from domain.kernel.clock import utc_now
from graphql_api.observability.health import Unhealthy
from graphql_api.persistence.health import DiskCheck, MigrationsCheck, OutboxCheck, storage_checks
from graphql_api.persistence.outbox.tables import outbox, rows_of
from graphql_api.settings import DatabaseSettings, HealthSettings
from tests.support.databases import engine_for
from tests.support.events import Counted

MINUTE = 60.0


async def test_the_outbox_is_well_until_an_event_waits_too_long_or_is_given_up(database: DatabaseSettings) -> None:
    async with engine_for(database) as engine:
        check = OutboxCheck(engine, MINUTE)
        await check.check()
        earlier = utc_now() - timedelta(minutes=2)
        (row,) = rows_of([Counted(entity_id=UUID(int=1), number=1)])
        async with engine.begin() as connection:
            await connection.execute(insert(outbox).values(row))
        await check.check()
        async with engine.begin() as connection:
            await connection.execute(update(outbox).values(occurred_at=earlier))
        with pytest.raises(Unhealthy, match=r"^events wait \(1\), the oldest for 12"):
            await check.check()
        async with engine.begin() as connection:
            await connection.execute(update(outbox).values(dead_at=utc_now(), position=1))
        with pytest.raises(Unhealthy, match=r"^events were given up \(1\)"):
            await check.check()
        async with engine.begin() as connection:
            await connection.execute(update(outbox).values(dead_at=None, sent_at=utc_now()))
        await check.check()


async def test_an_outbox_that_is_not_made_yet_is_for_the_check_of_migrations_to_tell(
    unmigrated: DatabaseSettings,
) -> None:
    async with engine_for(unmigrated) as engine:
        await OutboxCheck(engine, MINUTE).check()
        with pytest.raises(Unhealthy, match="are pending: run `graphql-api migrate`"):
            await MigrationsCheck(engine).check()


async def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    await DiskCheck(file, 1).check()
    with pytest.raises(Unhealthy, match="MB are free beside the database"):
        await DiskCheck(file, 1_000_000_000).check()


async def test_the_disk_of_a_server_elsewhere_is_not_ours(database: DatabaseSettings) -> None:
    async with engine_for(database) as engine:
        names = [check.name for check in storage_checks(engine, HealthSettings())]
    assert names == (["outbox", "disk"] if database.url.dialect == "sqlite" else ["outbox"])
