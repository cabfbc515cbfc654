"""A database that is away for a while: operators are told twice, and all goes on."""

from collections import Counter
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from graphql_api.events import service
from graphql_api.observability.outage import Outage
from graphql_api.settings import DatabaseSettings, OutboxSettings
from tests.servers.postgres import PostgresServer
from tests.support.events import Counted, counted, relaying, store, until

QUICK = OutboxSettings(poll_interval=0.02)
AWAY = {"outbox.interrupted", "feed.interrupted", "events.not_listening"}
BACK = {"outbox.resumed", "feed.resumed", "events.listening_again"}


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.usefixtures("fresh_logging")
async def test_it_is_told_once_that_the_database_is_away_and_once_that_it_is_back(
    engine: AsyncEngine, database: DatabaseSettings, postgres_server: PostgresServer
) -> None:
    failures: Counter[Outage] = Counter()
    begin = Outage.begin

    def counting(outage: Outage, **facts: Any) -> None:
        failures[outage] += 1
        begin(outage, **facts)

    name = database.url.reveal().rpartition("/")[2]
    with (
        capture_logs() as logs,
        patch.object(Outage, "begin", counting),
        patch.object(service, "AGAIN", 0.02),
    ):
        async with relaying(database, outbox=QUICK) as running:
            follower = await running.feed.follow()
            await store(engine, counted(1, 1))
            assert isinstance((await anext(follower)).event, Counted)
            postgres_server.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            postgres_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            await until(lambda: len(failures) == len(AWAY) and min(failures.values()) > 2)
            postgres_server.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            await until(lambda: {one["event"] for one in logs} >= BACK)
            await store(engine, counted(1, 2))
            assert isinstance((await anext(follower)).event, Counted)
    assert Counter(one["event"] for one in logs) == Counter([*AWAY, *BACK])
