"""Commands that are about the server's own tables leave a database alone that has none."""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphql_api.cli.commands import app


@pytest.mark.parametrize("setting", ["OWN_TABLES=false", "READ_ONLY=true"])
@pytest.mark.parametrize("command", ["migrate", "seed", "outbox status", "outbox retry", "cache clear"])
def test_a_database_of_others_is_left_alone(
    command: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "theirs.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY)")
    connection.close()
    name, _, value = setting.partition("=")
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", f"sqlite:///{file}")
    monkeypatch.setenv(f"GRAPHQL_API_DATABASE__{name}", value)
    before = file.read_bytes()
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 1
    assert f"database.{name.lower()} is {value}: nothing was done." in result.output
    assert file.read_bytes() == before


@pytest.mark.parametrize("command", ["outbox status", "outbox retry", "cache clear"])
def test_a_database_that_was_never_migrated_is_told_in_a_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", f"sqlite:///{tmp_path / 'new.sqlite'}")
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 1
    assert result.output.startswith(f"Of the migrations of sqlite:///{tmp_path / 'new.sqlite'} ")
    assert result.output.endswith(" are pending: run `graphql-api migrate`.\n")
