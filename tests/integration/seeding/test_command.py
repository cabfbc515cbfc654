"""`graphql-api seed`, as somebody without a terminal runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.seeding.small_chinook import write_chinook


class Shell:
    """A folder with a database of its own."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        self.folder = folder
        self._checkout = checkout

    def seed(self, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the command there."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHQL_API_")}
        environment = {
            **inherited,
            "PYTHONPATH": str(self._checkout),
            "GRAPHQL_API_DATABASE__URL": f"sqlite:///{self.folder / 'store.sqlite'}",
            **settings,
        }
        command = [sys.executable, "-m", "graphql_api", "seed", *options]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture
def shell(tmp_path: Path, pytestconfig: pytest.Config) -> Shell:
    return Shell(tmp_path, pytestconfig.rootpath)


def test_a_new_database_is_filled_and_the_result_told(shell: Shell) -> None:
    done = shell.seed()
    assert done.returncode == 0, done.stderr
    assert "275  artists" in done.stdout
    assert "all of them checked" in done.stdout
    assert "100%" in done.stderr


def test_data_is_only_replaced_on_purpose(shell: Shell) -> None:
    chinook = write_chinook(shell.folder / "chinook.sqlite")
    assert shell.seed("--from", str(chinook)).returncode == 0

    refused = shell.seed()
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        "The database already has data. Use --replace to empty the catalogue first, or choose an empty database."
    )

    unasked = shell.seed("--replace")
    assert unasked.returncode == 1
    assert "Add --yes" in unasked.stderr

    replaced = shell.seed("--replace", "--yes", "--seed", "4")
    assert replaced.returncode == 0
    assert "275  artists" in replaced.stdout


def test_a_file_that_is_no_chinook_database_is_one_sentence_and_no_traceback(shell: Shell) -> None:
    (shell.folder / "notes.txt").write_text("Buy milk. " * 500)
    failed = shell.seed("--from", "notes.txt")
    assert failed.returncode == 1
    assert failed.stderr.startswith("notes.txt cannot be loaded: it is not a readable SQLite database")
    assert len(failed.stderr.splitlines()) == 1


def test_a_file_and_a_scale_do_not_go_together(shell: Shell) -> None:
    failed = shell.seed("--from", "chinook.sqlite", "--scale", "2")
    assert failed.returncode == 1
    assert "leave --scale and --seed out" in failed.stderr


def test_where_migrations_are_a_step_of_their_own_they_come_first(shell: Shell) -> None:
    failed = shell.seed(GRAPHQL_API_DATABASE__MIGRATE_ON_START="false")
    assert failed.returncode == 1
    assert failed.stderr.strip() == "The database lacks migrations. Run graphql-api migrate first."
