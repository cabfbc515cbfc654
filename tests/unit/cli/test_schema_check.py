"""What changed in the API, told to whoever changes it and to CI."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphql_api.cli.commands import app


@pytest.fixture(scope="module")
def committed(pytestconfig: pytest.Config) -> str:
    return (pytestconfig.rootpath / "tests/schema.graphql").read_text()


def check(folder: Path, text: str, *options: str) -> tuple[int, str]:
    """Compare the schema with an older one, and give the status and what is printed."""
    old = folder / "old.graphql"
    old.write_text(text)
    result = CliRunner().invoke(app, ["schema", "check", str(old), *options])
    return result.exit_code, result.output


def test_the_same_schema_has_no_changes(tmp_path: Path, committed: str) -> None:
    assert check(tmp_path, committed) == (0, "0 breaking, 0 dangerous, 0 safe.\n")


def test_what_clients_may_use_and_is_gone_breaks_them(tmp_path: Path, committed: str) -> None:
    status, printed = check(
        tmp_path, committed.replace("\ntype Album implements", "\ntype Gone { x: Int }\n\ntype Album implements")
    )
    assert status == 1
    assert "breaking" in printed
    assert "Gone" in printed


def test_what_is_new_is_safe(tmp_path: Path, committed: str) -> None:
    before, album, after = committed.partition("\ntype Album implements")
    older = re.sub(r'  """[^"]*"""\n  releasedOn: Date\n', "", after, count=1)
    status, printed = check(tmp_path, before + album + older)
    assert status == 0
    assert printed.splitlines()[-1] == "0 breaking, 0 dangerous, 1 safe."


def test_a_new_value_of_an_enumeration_is_dangerous(tmp_path: Path, committed: str) -> None:
    older = committed.replace('  """Descending; what has no value comes last."""\n  DESC_NULLS_LAST\n', "", 1)
    assert check(tmp_path, older)[0] == 0
    status, printed = check(tmp_path, older, "--strict")
    assert status == 1
    assert "1 dangerous" in printed


@pytest.mark.parametrize("kind", ["sdl", "json"])
def test_what_is_exported_has_no_changes_in_either_form(tmp_path: Path, kind: str) -> None:
    old = tmp_path / "old"
    runner = CliRunner()
    assert runner.invoke(app, ["schema", "export", "--format", kind, "--output", str(old)]).exit_code == 0
    assert runner.invoke(app, ["schema", "check", str(old)]).output == "0 breaking, 0 dangerous, 0 safe.\n"


@pytest.mark.parametrize("text", ["type Query {", "", '{"data": 1}', "hello"])
def test_what_is_no_schema_is_told(tmp_path: Path, text: str) -> None:
    status, printed = check(tmp_path, text)
    assert status == 1
    assert "is no schema" in printed


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schema", "check", str(tmp_path / "absent.graphql")])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr
