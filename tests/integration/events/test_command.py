"""`graphql-api outbox`: what operators see, and what they can do."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from domain.kernel.clock import utc_now
from graphql_api.cli.commands import app
from graphql_api.persistence.outbox.tables import outbox
from graphql_api.settings import DatabaseSettings
from tests.support.databases import engine_for
from tests.support.events import counted, store


@pytest.fixture
def dead(database: DatabaseSettings, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Give up one event of two, and return its id."""
    event = counted(1, 0)

    async def give_up() -> None:
        async with engine_for(database) as engine:
            async with engine.begin() as connection:
                await connection.execute(outbox.delete())
            await store(engine, event, counted(2, 1))
            values = {"position": 1, "dead_at": utc_now(), "error": "RuntimeError: no", "attempts": 12}
            async with engine.begin() as connection:
                done = update(outbox).where(outbox.c.event_id == event.event_id).values(**values)
                await connection.execute(done)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(give_up())
    url = database.url.reveal().replace("+aiosqlite", "").replace("+asyncpg", "")
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    return event.event_id


def ask(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["outbox", *arguments])
    return result.exit_code, result.output


def test_the_status_counts_and_says_why_something_was_given_up(dead: UUID) -> None:
    status, output = ask("status")
    assert status == 0
    assert "waiting 1, retrying 0, dead 1, sent 0" in output
    assert str(dead) in output
    assert "RuntimeError: no" in output


def test_what_was_given_up_can_be_delivered_again_once(dead: UUID) -> None:
    assert ask("retry", "--event", str(dead)) == (0, "To be delivered again: 1.\n")
    assert "waiting 2, retrying 0, dead 0" in ask("status")[1]
    assert ask("retry", "--event", str(dead))[0] == 1
    assert ask("retry") == (0, "To be delivered again: 0.\n")
