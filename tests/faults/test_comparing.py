"""One kill of each kind; `python -m tests.faults.comparing` does many."""

import asyncio
from pathlib import Path

from tests.faults.comparing import Silence, running_fleet
from tests.servers.postgres import PostgresServer


async def test_no_answer_is_wrong_after_the_bound_whatever_becomes_of_redis_and_of_a_server(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with running_fleet(tmp_path, postgres_server.create_database(), seed=0) as fleet:
        await fleet.round(Silence(fleet.redis))
        await fleet.round(fleet.redis)
        await asyncio.to_thread(fleet.redis.start)
        await fleet.round(fleet.keeping[0])
    found = fleet.findings
    assert not found.wrong
    assert (found.silences_of_redis, found.kills_of_redis, found.kills_of_servers) == (1, 1, 1)
    assert found.changes > 0
    assert found.compared > 0
