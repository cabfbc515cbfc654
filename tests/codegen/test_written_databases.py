"""Projects with commands over databases that are there: rows are written as SQL would, by the rules of the database."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from codegen.__main__ import app
from domain.kernel.identity import KeyIdentity
from graphql_api.persistence.foreign import numbered
from graphql_api.schema.identity import encode_id
from tests.codegen.test_new_projects import ASKING, run
from tests.servers.postgres import PostgresServer

LIBRARY = """
CREATE TABLE branches (code VARCHAR(4) PRIMARY KEY, name VARCHAR(20) NOT NULL, CONSTRAINT one_of_a_name UNIQUE (name));
CREATE TABLE people (
    id INTEGER PRIMARY KEY {numbered}, name VARCHAR(20) NOT NULL, boss_id INTEGER REFERENCES people(id),
    branch VARCHAR(4) NOT NULL REFERENCES branches(code),
    status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'gone')),
    balance NUMERIC(10, 2), born DATE, seen TIMESTAMP, loans INTEGER NOT NULL DEFAULT 0,
    twice INTEGER GENERATED ALWAYS AS (loans * 2) STORED, CONSTRAINT loans_are_counted CHECK (loans >= 0)
);
CREATE TABLE "order" (id INTEGER PRIMARY KEY {numbered}, "from" INTEGER REFERENCES people(id), "select" VARCHAR(9));
CREATE TABLE visits (person INTEGER NOT NULL REFERENCES people(id), day DATE NOT NULL, note VARCHAR(9), PRIMARY KEY (person, day),
    CHECK (note <> 'x' OR day > '2000-01-01'));
CREATE TABLE sums (id INTEGER PRIMARY KEY {numbered}, sum INTEGER);
CREATE VIEW names AS SELECT id, name FROM people;
"""
PERSON = "id name status balance born seen loans twice boss { name } branch { code }"
MOMENTS = ("2024-01-01T10:00:00.123456+00:00", "9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+00:00")
FAILED = "... on Error { code message }"
ADA, BOB = (encode_id("Person", numbered(number)) for number in (1, 2))


def given(command: str, values: str, shown: str) -> str:
    success = f"{command[0].upper()}{command[1:]}Success"
    return f"mutation {{ a: {command}(input: {{{values}}}) {{ ... on {success} {{ {shown} }} {FAILED} }} }}"


def operations(visit_key: str, missing: str, rule: str, most: str) -> Sequence[tuple[str, Any]]:
    """Give what is sent, and what is to be answered, as far as the databases tell what is missing or broken."""
    visit_id = encode_id("Visit", KeyIdentity(visit_key))
    ada = {
        "id": ADA,
        "name": "Ada",
        "status": "NEW",
        "balance": "1.10",
        "born": "1815-12-10",
        "seen": "2024-01-01T10:00:00+00:00",
        "loans": 0,
        "twice": 0,
        "boss": None,
        "branch": {"code": "N"},
    }
    bob = {**ada, "id": BOB, "name": "Bob", "boss": {"name": "Ada"}, "balance": None, "born": None, "seen": None}
    full = 'balance: "1.10", born: "1815-12-10", seen: "2024-01-01T12:00:00+02:00"'
    refers = 'branchCode: "N"'
    person = f"person {{ {PERSON} }}"
    visit = "visit { day note person { name } }"
    visited = {"visit": {"day": "2024-02-29", "note": None, "person": {"name": "Ada"}}}
    return [
        (given("createBranch", 'code: "N", name: "North"', "branch { code name }"), {"branch": {"code": "N", "name": "North"}}),
        (given("createBranch", 'code: "M", name: "North"', "branch { code }"), ("CONFLICT", "another one has the same name")),
        (given("createBranch", 'code: "LONGER", name: "M"', "branch { code }"), ("VALIDATION_FAILED", "at most 4")),
        (given("createPerson", f'name: "Ada", {refers}, {full}', person), {"person": ada}),
        (given("createPerson", f'name: "Bob", {refers}, bossId: 1', person), {"person": bob}),
        (given("createPerson", f'name: "Eve", {refers}, bossId: 99', person), ("CONFLICT", missing)),
        (given("createPerson", f'name: "Eve", {refers}, loans: -1', person), ("VALIDATION_FAILED", "input.loans must be at least 0")),
        (given("createPerson", f'name: "Eve", {refers}, balance: "1.001"', person), ("VALIDATION_FAILED", "at most 2 decimal places")),
        (given("updatePerson", f'id: "{BOB}", loans: 2, status: GONE, bossId: null', person),
         {"person": {**bob, "loans": 2, "twice": 4, "status": "GONE", "boss": None}}),
        (given("updatePerson", f'id: "{BOB}", bossId: 1', "person { boss { name } }"), {"person": {"boss": {"name": "Ada"}}}),
        (given("updatePerson", f'id: "{BOB}", balance: "{most}"', "person { balance }"), {"person": {"balance": most}}),
        (given("updatePerson", f'id: "{BOB}", balance: "1{most}"', "person { balance }"), ("VALIDATION_FAILED", f"at most {most}")),
        *((given("updatePerson", f'id: "{BOB}", seen: "{moment}"', "person { seen }"), {"person": {"seen": moment}}) for moment in MOMENTS),
        (given("deletePerson", f'id: "{ADA}"', "deletedId"), ("CONFLICT", "something still refers to it")),
        (given("deletePerson", f'id: "{BOB}"', "deletedId"), {"deletedId": BOB}),
        (given("updatePerson", f'id: "{BOB}", loans: 1', "person { id }"), ("NOT_FOUND", "")),
        (given("createOrder", 'fromId: 1, select: "x"', "order { select person { name } }"), {"order": {"select": "x", "person": {"name": "Ada"}}}),
        (given("createVisit", 'personId: 1, day: "2024-02-29"', visit), visited),
        (given("createVisit", 'personId: 1, day: "2024-02-29"', visit), ("CONFLICT", "another one has the same person id and day")),
        (given("createVisit", 'personId: 1, day: "1999-01-01", note: "x"', visit), ("CONFLICT", rule)),
        (given("updateVisit", f'id: "{visit_id}", note: "y"', "visit { note }"), {"visit": {"note": "y"}}),
        (given("deleteVisit", f'id: "{visit_id}"', "deletedId"), {"deletedId": visit_id}),
        (given("createSumRecord", "", "sumRecord { sum }"), {"sumRecord": {"sum": None}}),
        (given("deletePerson", f'id: "{ADA}"', "deletedId").replace("})", '}, idempotencyKey: "k")', 1), ("VALIDATION_FAILED", "send none")),
        ("{ a: people { totalCount } }", {"totalCount": 1}),
    ]  # fmt: skip


def check(folder: Path, url: str, *told: str) -> str:
    """Make a project, give commands, run its tests, and return what it says of the database."""
    result = CliRunner().invoke(app, ["new", "odd_one", "--in", str(folder), "--from-database", url, "--with-writes"])
    assert result.exit_code == 0, result.output
    project = folder / "odd_one"
    wanted = operations(*told)
    lines = "".join(f"{json.dumps(operation)}\n" for operation, _ in wanted)
    printed = run(project, str(ASKING), "odd_one", given=lines).splitlines()
    answers = [json.loads(line.removeprefix("ANSWER ")) for line in printed if line.startswith("ANSWER ")]
    for (operation, answer), found in zip(wanted, answers, strict=True):
        assert "errors" not in found, (operation, found)
        if isinstance(answer, dict):
            assert found["data"]["a"] == answer, operation
        else:
            assert found["data"]["a"]["code"] == answer[0], (operation, found)
            assert answer[1] in found["data"]["a"]["message"], (operation, found)
    run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/integration/test_database.py")
    return (project / "docs/database.md").read_text()


def test_rows_of_sqlite_are_written(tmp_path: Path, known_types: Path) -> None:
    file = tmp_path / "library.sqlite"
    connection = sqlite3.connect(file)
    connection.executescript(LIBRARY.format(numbered=""))
    before = connection.execute("SELECT * FROM sqlite_schema").fetchall()
    told = check(
        tmp_path,
        f"sqlite:///{file}",
        '[1,"2024-02-29"]',
        "something that it refers to is gone",
        "a rule of day and note",
        "9999999999999.99",
    )
    run(tmp_path / "odd_one", "-m", "ruff", "check", "--no-cache", "--quiet")
    run(tmp_path / "odd_one", "-m", "ruff", "format", "--check", "--no-cache", "--quiet")
    run(tmp_path / "odd_one", "-m", "mypy", "--cache-dir", str(known_types), "domain")
    assert "names is only read: it is a view" in told
    assert connection.execute("SELECT * FROM sqlite_schema").fetchall() == before
    written = connection.execute("SELECT balance, born, seen FROM people").fetchall()
    assert written == [(1.1, "1815-12-10", "2024-01-01 10:00:00.000000")]
    connection.close()


@pytest.mark.postgres
async def test_rows_of_postgresql_are_written(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute(LIBRARY.format(numbered="GENERATED ALWAYS AS IDENTITY"))
    told = await asyncio.to_thread(
        check, tmp_path, url, '[1, "2024-02-29"]', "what boss id refers to is not there", "visits check", "99999999.99"
    )
    assert "names is only read: it is a view" in told
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert [row[0] for row in tables] == ["branches", "order", "people", "sums", "visits"]
    await connection.close()
    postgres_server.drop_database(url)
