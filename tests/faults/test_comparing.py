"""One kill of each kind; `python -m tests.faults.comparing` does many."""

import asyncio
from pathlib import Path

from tests.faults.comparing import running_fleet
from tests.servers.postgres import PostgresServer


async def test_no_answer_is_wrong_after_the_bound_though_redis_and_a_server_are_killed(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with running_fleet(tmp_path, postgres_server.create_database(), seed=0) as fleet:
        await fleet.round(fleet.redis)
        await asyncio.to_thread(fleet.redis.start)
        await fleet.round(fleet.keeping[0])
    found = fleet.findings
    assert not found.wrong
    assert (found.kills_of_redis, found.kills_of_servers) == (1, 1)
    assert found.changes > 0
    assert found.compared > 0
