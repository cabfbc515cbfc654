"""Commands that PostgreSQL lets nobody carry out say so in a sentence."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
import pytest
from typer.testing import CliRunner

from graphql_api.cli.commands import app

ROLE = "may_connect"


async def carry_out(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def restricted_url(postgres_url: str) -> Iterator[str]:
    """Give the URL of a database for a role that may make no tables in it, as is usual from PostgreSQL 15 on."""
    make = f"CREATE ROLE {ROLE} LOGIN PASSWORD 'x'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    asyncio.run(carry_out(postgres_url, *make))
    parts = urlsplit(postgres_url)
    yield parts._replace(netloc=f"{ROLE}:x@{parts.netloc.rpartition('@')[2]}").geturl()
    asyncio.run(carry_out(postgres_url, f"DROP ROLE {ROLE}"))


def refusal(url: str, command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", url)
    result = CliRunner().invoke(app, command.split())
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "cannot be used; see the reason above" in result.output
    return result.output


@pytest.mark.parametrize("command", ["migrate", "seed", "outbox status", "cache clear"])
def test_a_database_that_is_not_there_is_told(command: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = urlsplit(postgres_url)._replace(path="/nowhere").geturl()
    assert "InvalidCatalogNameError" in refusal(nowhere, command, monkeypatch)


def test_a_role_that_may_make_no_tables_is_told(restricted_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "permission denied for schema public" in refusal(restricted_url, "migrate", monkeypatch)


def test_the_doctor_names_what_the_database_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", urlsplit(postgres_url)._replace(path="/nowhere").geturl())
    assert "cannot be used (InvalidCatalogNameError)" in CliRunner().invoke(app, ["doctor"]).output
