"""One kill; `python -m tests.faults` does many."""

from pathlib import Path

import pytest

from tests.faults.killing import kill_and_count
from tests.faults.relaying import kill_relays
from tests.servers.postgres import PostgresServer
from tests.support.api import DATABASES

KILLS = 1


@pytest.mark.parametrize("dialect", DATABASES)
async def test_nothing_is_lost_or_doubled_when_the_server_is_killed(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if dialect == "sqlite":
        account = await kill_and_count(tmp_path, f"sqlite:///{tmp_path / 'store.sqlite'}", KILLS)
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        account = await kill_and_count(tmp_path, server.create_database(), KILLS)
    assert account.balances, account
    assert account.acknowledged > 0


@pytest.mark.parametrize("dialect", DATABASES)
async def test_several_servers_deliver_each_event_and_those_of_an_entity_in_order_when_they_are_killed(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if dialect == "sqlite":
        database = f"sqlite:///{tmp_path / 'store.sqlite'}"
    else:
        database = request.getfixturevalue("postgres_server").create_database()
    deliveries = await kill_relays(tmp_path, database, kills=2)
    assert len(deliveries.stored) > 100
    assert deliveries.missing == 0
    assert deliveries.is_in_order
