import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphql_api.cli.config import app
from graphql_api.settings import generate_config_docs
from graphql_api.settings.catalogue import ANY_NAME, catalogue

WITHOUT_NAMES = {path for path in catalogue() if ANY_NAME not in path}


@pytest.fixture(autouse=True)
def empty_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GRAPHQL_API_ENV", raising=False)


def test_show_tells_each_value_and_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[default.http]\nport = 9000\n")
    result = CliRunner().invoke(app, ["show"], env={"GRAPHQL_API_HTTP__WORKERS": "4"})
    rows = {cells[0]: cells[1:] for line in result.stdout.splitlines() if (cells := line.strip("│ ").split()) and cells}
    assert result.exit_code == 0
    assert rows["http.port"] == ["│", "9000", "│", "settings.toml", "[default]"]
    assert rows["http.workers"] == ["│", "4", "│", "variable", "GRAPHQL_API_HTTP__WORKERS"]
    assert rows["http.compression"] == ["│", "true", "│", "default"]
    assert rows.keys() >= WITHOUT_NAMES


def test_names_stay_whole_in_a_narrow_window() -> None:
    result = CliRunner().invoke(app, ["show"], env={"COLUMNS": "80"})
    lines = result.stdout.splitlines()
    assert all(any(f"│ {path} " in line for line in lines) for path in WITHOUT_NAMES)
    assert max(map(len, lines)) <= 80


def test_show_as_json_is_for_programs() -> None:
    environ = {
        "GRAPHQL_API_DATABASE__URL": "postgresql://user:sesame@host/music",
        "GRAPHQL_API_HTTP__CORS_ORIGINS": "*",
    }
    result = CliRunner().invoke(app, ["show", "--json"], env=environ)
    document = json.loads(result.stdout)
    assert document.keys() == WITHOUT_NAMES
    assert document["database.url"] == {
        "value": "postgresql://user:***@host/music",
        "source": "variable GRAPHQL_API_DATABASE__URL",
    }
    assert document["http.cors_origins"]["value"] == ["*"]
    assert document["http.port"] == {"value": 8000, "source": "default"}


def test_show_lists_each_key_with_its_secret_masked(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[default.auth.keys.Reporting]\nroles = ["staff"]\n')
    (tmp_path / ".secrets.toml").write_text('[default.auth.keys.reporting]\nsecret = "sesame-sesame-sesame"\n')
    subject = "018f3b6e-0000-7000-8000-000000000001"
    environ = {
        "GRAPHQL_API_AUTH__KEYS__MOBILE_APP__SECRET": "open-open-open-open",
        "GRAPHQL_API_AUTH__KEYS__MOBILE_APP__SUBJECT": subject,
    }
    document = json.loads(CliRunner().invoke(app, ["show", "--json"], env=environ).stdout)
    variable = "variable GRAPHQL_API_AUTH__KEYS__MOBILE_APP__"
    assert {path: tuple(row.values()) for path, row in document.items() if path.startswith("auth.")} == {
        "auth.keys.reporting.secret": ("**********", ".secrets.toml [default]"),
        "auth.keys.reporting.roles": (["staff"], "settings.toml [default]"),
        "auth.keys.reporting.subject": (None, "default"),
        "auth.keys.mobile_app.secret": ("**********", f"{variable}SECRET"),
        "auth.keys.mobile_app.roles": ([], "default"),
        "auth.keys.mobile_app.subject": (subject, f"{variable}SUBJECT"),
        "auth.default_roles": (["staff"], "default"),
    }
    assert "sesame" not in (table := CliRunner().invoke(app, ["show"], env=environ).stdout)
    assert "auth.keys.mobile_app.secret" in table


def test_show_fails_with_the_faults() -> None:
    result = CliRunner().invoke(app, ["show"], env={"GRAPHQL_API_HTTP__PORT": "x", "GRAPHQL_API_HTTP__HOST": ""})
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("The settings have 2 faults:\n- http.host: ")


def test_docs_prints_the_reference() -> None:
    assert CliRunner().invoke(app, ["docs"]).stdout == generate_config_docs()


def test_docs_writes_a_file_that_is_then_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "configuration.md"
    assert CliRunner().invoke(app, ["docs", "--check", str(file)]).exit_code == 1
    assert CliRunner().invoke(app, ["docs", "--output", str(file)]).exit_code == 0
    assert CliRunner().invoke(app, ["docs", "--check", str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("8000", "8001"))
    stale = CliRunner().invoke(app, ["docs", "--check", str(file)])
    assert stale.exit_code == 1
    assert stale.stderr == f"{file} is out of date; write it with: graphql-api config docs --output {file}\n"


def test_docs_says_why_a_file_cannot_be_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--output", str(tmp_path / "none" / "x.md")])
    assert result.exit_code == 1
    assert result.stderr.endswith("cannot be written: No such file or directory\n")
