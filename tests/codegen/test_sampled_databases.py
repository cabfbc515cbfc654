"""Databases as people have them: each becomes a project that passes its own checks, serves all rows and writes them."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from codegen.__main__ import app
from codegen.database.connecting import address_of
from codegen.database.generating import derived_from
from tests.codegen.test_new_projects import ASKING, run
from tests.servers.postgres import PostgresServer

DATABASES = Path(__file__).with_name("databases")
REWRITING = Path(__file__).with_name("rewriting.py")
TEST = "tests/integration/test_database.py"
UNCHANGED = "Film.lastUpdate"  # which a trigger writes, whatever is given


def statements(name: str, dialect: str) -> str:
    return (DATABASES / f"{name}_{dialect}.sql").read_text(encoding="utf-8")


def made(folder: Path, url: str, *options: str) -> Path:
    """Make a project, and check it as its owner would."""
    folder.mkdir(exist_ok=True)
    result = CliRunner().invoke(app, ["new", "odd_one", "--in", str(folder), "--from-database", url, *options])
    assert result.exit_code == 0, result.output
    project = folder / "odd_one"
    run(project, "-m", "ruff", "check", "--no-cache", "--quiet")
    run(project, "-m", "ruff", "format", "--check", "--no-cache", "--quiet")
    return project


def served(project: Path) -> None:
    """Have a project's own tests compare what it serves with what is there."""
    run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST)


def checked(folder: Path, url: str, known_types: Path) -> None:
    """Make a project that reads every row as it is there, and one that writes every row as it was read."""
    served(made(folder / "read", url))
    project = made(folder / "written", url, "--with-writes")
    run(project, "-m", "mypy", "--cache-dir", str(known_types), "domain", "odd_one/persistence")
    printed = run(project, str(REWRITING), "odd_one").splitlines()
    assert [one for one in printed if one.startswith("FAULT") and UNCHANGED not in one] == []
    assert printed[-1].startswith("DONE")
    assert printed[-1] > "DONE 1"


def refused(project: Path, *arguments: str) -> str:
    """Run Python in a project; it has to fail, and what it says is given."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def sqlite_file(folder: Path, name: str) -> Path:
    file = folder / f"{name}.sqlite"
    connection = sqlite3.connect(file)
    connection.executescript(statements(name, "sqlite"))
    connection.close()
    return file


@pytest.mark.parametrize("name", ["trade", "kinds"])
def test_databases_of_sqlite_are_served_and_written(tmp_path: Path, known_types: Path, name: str) -> None:
    checked(tmp_path, f"sqlite:///{sqlite_file(tmp_path, name)}", known_types)


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["rental", "works", "trade", "kinds", "names"])
async def test_databases_of_postgresql_are_served_and_written(
    postgres_server: PostgresServer, tmp_path: Path, known_types: Path, name: str
) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute(statements(name, "postgresql"))
    await connection.close()
    await asyncio.to_thread(checked, tmp_path, url, known_types)
    postgres_server.drop_database(url)


@pytest.mark.postgres
async def test_a_partitioned_table_refers_to_what_all_of_its_parts_refer_to(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute(statements("rental", "postgresql"))
    await connection.execute("ALTER TABLE payment_p2022_02 DROP CONSTRAINT payment_p2022_02_staff_id_fkey")
    await connection.close()
    derived = await asyncio.to_thread(derived_from, address_of(url))
    (payment,) = (one for one in derived.entities if one.name == "payment")
    assert sorted(one.name for one in payment.relations) == ["customer", "rental"]
    postgres_server.drop_database(url)


def test_a_project_that_only_reads_learns_to_write(tmp_path: Path) -> None:
    url = f"sqlite:///{sqlite_file(tmp_path, 'trade')}"
    project = made(tmp_path / "read", url)
    assert "is there already" in refused(project, "-m", "codegen", "from-database", url, "--with-writes")
    printed = run(project, "-m", "codegen", "from-database", url, "--with-writes", "--force")
    assert "own_tables = false" in printed
    settings = project / "settings.toml"
    settings.write_text(settings.read_text().replace("read_only = true", "own_tables = false"))
    category = 'mutation { a: createCategory(input: {categoryName: "Tea"}) { ... on CreateCategorySuccess { category { categoryName } } } }'
    answer = run(project, str(ASKING), "odd_one", given=json.dumps(category)).splitlines()[-1]
    assert json.loads(answer.removeprefix("ANSWER ")) == {"data": {"a": {"category": {"categoryName": "Tea"}}}}
    run(project, "-m", "ruff", "check", "--no-cache", "--quiet")
    # And unlearns it, which leaves nothing that nobody asked for.
    run(project, "-m", "codegen", "from-database", url, "--force")
    run(project, "-m", "ruff", "check", "--no-cache", "--quiet")
    served(project)
    assert "nothing is written through this API" in (project / "docs/database.md").read_text()


async def test_a_column_that_may_not_be_read_is_left_out(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    owner = await asyncpg.connect(url)
    await owner.execute(
        """CREATE TABLE people (id int PRIMARY KEY, name text, password text, salary int);
        CREATE ROLE clerk LOGIN PASSWORD 'x'; GRANT SELECT (id, name) ON people TO clerk"""
    )
    theirs = make_url(url).set(username="clerk", password="x").render_as_string(hide_password=False)
    derived = await asyncio.to_thread(derived_from, address_of(theirs))
    (people,) = derived.entities
    assert [field.name for field in people.fields] == ["person_id", "name"]
    assert [note for note in derived.notes if "salary" in note or "password" in note] == [
        "people.password is left out: it may not be read.",
        "people.salary is left out: it may not be read.",
    ]
    await owner.execute("DROP OWNED BY clerk; DROP ROLE clerk")
    await owner.close()
    postgres_server.drop_database(url)
