import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest
import structlog
from typer.testing import CliRunner

from graphql_api.cli import looks
from graphql_api.cli.commands import app
from tests.support.collector import collecting

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPHQL_API_LOGGING__LEVEL", "critical")
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_what_is_well_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        monkeypatch.setenv("GRAPHQL_API_TELEMETRY__ENDPOINT", collector.url)
        result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "ok     database: answers (sqlite)" in result.output
    assert "ok     collector: takes spans" in result.output
    assert "WRONG" not in result.output


def test_documents_have_to_be_readable_and_to_fit_the_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    monkeypatch.setenv("GRAPHQL_API_GRAPHQL__DOCUMENTS", str(file))
    said = {
        '{"Names": "{ artists { nodes { name } } }"}': "ok     documents: 1, all of which fit the schema",
        '{"Old": "{ artists { nodes { title } } }"}': "WRONG  documents: Old is not answered: Cannot query field 'title'",
        "{": "WRONG  documents: documents.json is not JSON",
    }
    for content, expected in said.items():
        file.write_text(content, encoding="utf-8")
        assert expected in RUNNER.invoke(app, ["doctor"]).output.replace(f"{tmp_path}/", "")


def test_what_is_wrong_comes_with_what_to_do_and_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHQL_API_ENV", "production")
    monkeypatch.setenv("GRAPHQL_API_REDIS__URL", "redis://user:hunter2@127.0.0.1:9/0")
    monkeypatch.setenv("GRAPHQL_API_TELEMETRY__ENDPOINT", "http://127.0.0.1:9")
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 1
    wrong = [line.split()[1] for line in result.output.splitlines() if line.startswith("WRONG")]
    assert wrong == ["migrations:", "redis:", "collector:"]
    assert "Run `graphql-api migrate`." in result.output
    assert "hunter2" not in result.output


def test_of_a_database_that_is_away_only_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite'}")
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert [line.split()[1] for line in result.output.splitlines() if line.startswith("WRONG")] == ["database:"]
    assert "migrate" not in result.output


def test_what_answers_and_takes_no_spans_is_no_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        collector.refusing = True
        monkeypatch.setenv("GRAPHQL_API_TELEMETRY__ENDPOINT", collector.url)
        result = RUNNER.invoke(app, ["doctor"])
    assert f"WRONG  collector: {collector.url} does not take spans (it answered 400" in result.output


def test_a_full_disk_comes_with_advice_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    RUNNER.invoke(app, ["migrate"])
    monkeypatch.setenv("GRAPHQL_API_HEALTH__LEAST_FREE_DISK", str(10**9))
    result = RUNNER.invoke(app, ["doctor"])
    assert "WRONG  storage: disk: " in result.output
    assert "Make room" in result.output


@pytest.mark.postgres
def test_a_clock_that_is_off_is_told_with_the_difference(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(minutes=1)

    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", postgres_url)
    assert "ok     clock: agrees with the database's" in RUNNER.invoke(app, ["doctor"]).output
    monkeypatch.setattr(looks, "datetime", Late)
    assert re.search(r"WRONG  clock: (59|60|61)\.\d s away from the database's", RUNNER.invoke(app, ["doctor"]).output)


def test_too_few_open_files_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _what: (256, 4_096))
    assert "WRONG  open files: 256 are allowed" in RUNNER.invoke(app, ["doctor"]).output


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("sqlite:///absent/folder/music.sqlite", "See that its folder is there"),
        ("postgresql://someone:hidden@127.0.0.1:1/music", "Start it"),
    ],
)
def test_what_is_to_be_done_about_a_database_depends_on_what_it_is(
    monkeypatch: pytest.MonkeyPatch, url: str, advice: str
) -> None:
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", url)
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert re.search(rf"WRONG  database: .* cannot be used \(\w+\)\n +{advice}", result.output)
    assert "hidden" not in result.output
