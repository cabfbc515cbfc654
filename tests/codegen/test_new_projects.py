"""Projects of one's own over databases that are there: everything is served, as it is, and nothing is changed."""

import asyncio
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from sqlalchemy import make_url
from typer.testing import CliRunner

from codegen.__main__ import app
from codegen.database.connecting import address_of
from codegen.database.generating import derived_from
from tests.codegen.nasty import MYSQL, POSTGRESQL, SQLITE
from tests.servers.mariadb import MariadbServer
from tests.servers.postgres import PostgresServer

ASKING = Path(__file__).with_name("asking.py")
CHINOOK = [
    ("{ a: artists { totalCount } }", "SELECT count(*) FROM artist"),
    (
        '{ a: tracks(where: {name: {startsWith: "A"}}) { totalCount } }',
        "SELECT count(*) FROM track WHERE substr(name, 1, 1) = 'A'",
    ),
    (
        '{ a: tracks(where: {unitPrice: {gt: "0.99"}}) { totalCount } }',
        "SELECT count(*) FROM track WHERE unit_price > 0.99",
    ),
    (
        "{ a: tracks(where: {composer: {isNull: true}}) { totalCount } }",
        "SELECT count(*) FROM track WHERE composer IS NULL",
    ),
    (
        '{ a: tracks(where: {genre: {name: {eq: "Jazz"}}}) { totalCount } }',
        "SELECT count(*) FROM track JOIN genre USING (genre_id) WHERE genre.name = 'Jazz'",
    ),
    (
        '{ a: albums(where: {artist: {name: {eq: "Iron Maiden"}}}) { totalCount } }',
        "SELECT count(*) FROM album JOIN artist USING (artist_id) WHERE artist.name = 'Iron Maiden'",
    ),
    (
        "{ a: artists(where: {albumsCount: {eq: 0}}) { totalCount } }",
        "SELECT count(*) FROM artist WHERE artist_id NOT IN (SELECT artist_id FROM album)",
    ),
    ("{ a: tracks(where: {invoiceLines: {some: {}}}) { totalCount } }", None),
    (
        "{ a: tracks(where: {invoiceLinesCount: {gt: 0}}) { totalCount } }",
        "SELECT count(DISTINCT track_id) FROM invoice_line",
    ),
    (
        '{ a: customers(where: {country: {in: ["Brazil", "Canada"]}}) { totalCount } }',
        "SELECT count(*) FROM customer WHERE country IN ('Brazil', 'Canada')",
    ),
    (
        "{ a: employees(where: {reportsToEmployeeId: {isNull: true}}) { totalCount } }",
        "SELECT count(*) FROM employee WHERE reports_to IS NULL",
    ),
    (
        '{ a: employees(where: {employeesByReportsTo: {some: {title: {contains: "Support"}}}}) { totalCount } }',
        "SELECT count(DISTINCT reports_to) FROM employee WHERE title LIKE '%Support%'",
    ),
    (
        '{ a: invoices(where: {invoiceDate: {ge: "2023-01-01T00:00:00Z"}}) { totalCount } }',
        "SELECT count(*) FROM invoice WHERE invoice_date >= '2023-01-01'",
    ),
    (
        '{ a: playlists(where: {tracks: {some: {name: {iContains: "love"}}}}) { totalCount } }',
        "SELECT count(DISTINCT playlist_id) FROM playlist_track JOIN track USING (track_id) WHERE lower(name) LIKE '%love%'",
    ),
    ("{ a: playlistTracks { totalCount } }", "SELECT count(*) FROM playlist_track"),
    (
        "{ a: tracks(first: 5, orderBy: [{name: ASC}, {trackId: ASC}]) { nodes { trackId } } }",
        "SELECT track_id FROM track ORDER BY name, track_id LIMIT 5",
    ),
    (
        "{ a: tracks(first: 5, orderBy: [{milliseconds: DESC}]) { nodes { trackId } } }",
        "SELECT track_id FROM track ORDER BY milliseconds DESC LIMIT 5",
    ),
    (
        "{ a: invoices(first: 3, orderBy: [{total: DESC}, {invoiceId: ASC}]) { nodes { invoiceId } } }",
        "SELECT invoice_id FROM invoice ORDER BY total DESC, invoice_id LIMIT 3",
    ),
    (
        "{ a: genres(orderBy: [{tracksCount: DESC}], first: 3) { nodes { genreId } } }",
        "SELECT genre_id FROM track GROUP BY genre_id ORDER BY count(*) DESC LIMIT 3",
    ),
    ("{ a: invoiceAggregates { sum { total } } }", "SELECT printf('%.2f', sum(total)) FROM invoice"),
    ("{ a: trackAggregates { max { milliseconds } } }", "SELECT max(milliseconds) FROM track"),
]


def new_project(folder: Path, url: str) -> str:
    """Make a project over a database, and give what is said."""
    result = CliRunner().invoke(app, ["new", "odd_one", "--in", str(folder), "--from-database", url])
    assert result.exit_code == 0, result.output
    return result.stdout


def run(project: Path, *arguments: str, given: str = "") -> str:
    """Run Python in a project; it has to succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "HYPOTHESIS_PROFILE": "glance", "PYTEST_ADDOPTS": "", "PYTHONPATH": str(project)},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def asked(project: Path, operations: Sequence[str]) -> list[Any]:
    """Ask a project's application, and give the data of each answer."""
    lines = "".join(f"{json.dumps(one)}\n" for one in operations)
    printed = run(project, str(ASKING), "odd_one", given=lines).splitlines()
    answers = [json.loads(line.removeprefix("ANSWER ")) for line in printed if line.startswith("ANSWER ")]
    assert [one.get("errors") for one in answers] == [None] * len(operations)
    return [one["data"]["a"] for one in answers]


def passes_its_own_tests(project: Path) -> None:
    run(project, "-m", "ruff", "check", "--no-cache", "--quiet")
    run(project, "-m", "ruff", "format", "--check", "--no-cache", "--quiet")
    run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_real_database_answers_as_sql_does(shared_folder: Path, tmp_path: Path) -> None:
    file = shared_folder / "data" / "chinook.sqlite"
    before = digest(file)
    assert "11 entities with 24 relations" in new_project(tmp_path, f"sqlite:///{file}")
    questions = [(operation, sql) for operation, sql in CHINOOK if sql is not None]
    assert len(questions) >= 20
    answers = asked(tmp_path / "odd_one", [operation for operation, _ in questions])
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    for (operation, sql), answer in zip(questions, answers, strict=True):
        assert values(answer) == [row[0] for row in connection.execute(sql)], operation
    connection.close()
    assert digest(file) == before


@pytest.mark.postgres
async def test_the_same_database_answers_the_same_on_postgresql(
    shared_folder: Path, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute((shared_folder / "data" / "chinook_pg.sql").read_text())
    assert "11 entities with 24 relations" in await asyncio.to_thread(new_project, tmp_path, url)
    questions = [
        (operation, sql.replace("printf('%.2f', sum(total))", "sum(total)::text")) for operation, sql in CHINOOK if sql
    ]
    answers = asked(tmp_path / "odd_one", [operation for operation, _ in questions])
    for (operation, sql), answer in zip(questions, answers, strict=True):
        assert values(answer) == [row[0] for row in await connection.fetch(sql)], operation
    await connection.close()
    postgres_server.drop_database(url)


def test_the_same_database_answers_the_same_on_mariadb(
    shared_folder: Path, mariadb_server: MariadbServer, tmp_path: Path
) -> None:
    url = mariadb_server.create_database()
    mariadb_server.run(chinook_for_mysql((shared_folder / "data" / "chinook_pg.sql").read_text()), url)
    assert "11 entities with 24 relations" in new_project(tmp_path, url)
    questions = [(operation, sql) for operation, sql in CHINOOK if sql]
    answers = asked(tmp_path / "odd_one", [operation for operation, _ in questions])
    # Its own collation takes capitals for small letters, so that the same SQL would give other rows there.
    connection = sqlite3.connect(f"{(shared_folder / 'data' / 'chinook.sqlite').as_uri()}?mode=ro", uri=True)
    for (operation, sql), answer in zip(questions, answers, strict=True):
        assert values(answer) == [row[0] for row in connection.execute(sql)], operation
    connection.close()
    mariadb_server.drop_database(url)


def chinook_for_mysql(statements: str) -> str:
    """Write what PostgreSQL reads as MariaDB reads it."""
    for theirs, ours in (
        ("GENERATED ALWAYS AS IDENTITY", "AUTO_INCREMENT"),
        ("TIMESTAMP", "DATETIME"),
        ("N'", "'"),
        ("ANALYZE;", ""),
    ):
        statements = statements.replace(theirs, ours)
    return f"SET sql_mode = 'NO_BACKSLASH_ESCAPES', autocommit = 0; {statements} COMMIT;"


def test_an_empty_project_takes_entities_and_passes_its_own_tests(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["new", "odd_one", "--in", str(tmp_path)])
    assert result.exit_code == 0, result.output
    project = tmp_path / "odd_one"
    (job,) = yaml.safe_load((project / ".github/workflows/ci.yaml").read_text())["jobs"].values()
    assert (project / job["steps"][-1]["run"]).is_file()
    manifest = project / "odd_one/manifest.py"
    empty = manifest.read_text()
    run(project, "-m", "codegen", "entity", "ship", "name:str:1..80", "built:date?", "--with-events")
    run(project, "-m", "codegen", "entity", "track", "name:str:1..80", "flagship:ref(ship)?")
    passes_its_own_tests(project)
    run(project, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])")
    for entity in ("track", "ship"):
        run(project, "-m", "codegen", "remove", "entity", entity)
    assert manifest.read_text() == empty


def values(answer: Any) -> list[Any]:
    """Take the bare values out of an answer."""
    if isinstance(answer, list):
        return [value for one in answer for value in values(one)]
    if isinstance(answer, dict):
        return [value for one in answer.values() for value in values(one)]
    return [answer]


def test_the_oddest_sqlite_database_is_served_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "odd.sqlite"
    connection = sqlite3.connect(file)
    connection.executescript(SQLITE)
    connection.close()
    before = digest(file)
    said = new_project(tmp_path, f"sqlite:///{file}")
    project = tmp_path / "odd_one"
    for note in (
        "doubles is left out",
        "oddities.picture holds binary data",
        "by_name: its reference to named",
        "towns.name has text that is not UTF-8",
    ):
        assert note in said
        assert note in (project / "docs/database.md").read_text()
    passes_its_own_tests(project)
    oddities = """{ a: people(orderBy: [{personId: ASC}]) { nodes {
        fullName status balance score big born seen versionValue date homeCountry { code } workCountry { code }
        manager { fullName } peopleByManager { nodes { fullName } } groups { nodes { title } } books { nodes { title shelf { label } } }
    } } }"""
    sums = "{ a: sumsByLevels(orderBy: [{level: ASC}]) { nodes { level total n name absent } } }"
    details = "{ a: orderDetails(where: {gone: {eq: true}}) { nodes { price unitCount gone level } } }"
    numbered = "{ a: sakilas(where: {parent: {sakilaId: {eq: 1}}}) { nodes { sakilaId } } }"
    orphaned = "{ a: orphans { nodes { person { personId } } } }"
    towns = "{ a: towns(orderBy: [{id: ASC}]) { nodes { name code } } }"
    (ada, bob), orphans, totals, gone, twos, (merida, latin) = (
        one["nodes"] for one in asked(project, [oddities, orphaned, sums, details, numbered, towns])
    )
    assert (merida, latin) == ({"name": "Mérida", "code": "a"}, {"name": "M\ufffd", "code": "b"})
    assert totals == [
        {"level": 1, "total": 10.5, "n": 1, "name": "v1", "absent": None},
        {"level": 7, "total": 18, "n": 1, "name": "v7", "absent": None},
    ]
    assert gone == [{"price": "10.5", "unitCount": 3, "gone": True, "level": 1}]
    assert twos == [{"sakilaId": 2}]
    assert ada == {
        "fullName": "Ada",
        "status": "NEW",
        "balance": "10.25",
        "score": 1.5,
        "big": "5000000000",
        "born": "1815-12-10",
        "seen": "2024-02-29T12:30:00+00:00",
        "versionValue": 7,
        "date": "2024-01-01",
        "homeCountry": {"code": "CH"},
        "workCountry": {"code": "FR"},
        "manager": None,
        "peopleByManager": {"nodes": [{"fullName": "Bob"}]},
        "groups": {"nodes": [{"title": "one"}]},
        "books": {"nodes": [{"title": "Notes", "shelf": {"label": None}}]},
    }
    assert (bob["status"], bob["balance"], bob["manager"]) == ("IT_S_OVER", None, {"fullName": "Ada"})
    assert orphans == [{"person": None}]
    assert digest(file) == before


@pytest.mark.postgres
async def test_the_oddest_postgresql_database_is_served_as_it_is(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute(POSTGRESQL)
    await connection.close()
    said = await asyncio.to_thread(new_project, tmp_path, url)
    project = tmp_path / "odd_one"
    for note in (
        "alike is left out",
        "sale_late is left out: it is a part of sale",
        "employee.password may be a secret",
    ):
        assert note in said
    password = make_url(url).password
    assert password
    assert password not in (project / "settings.toml").read_text()
    assert password in (project / ".secrets.toml").read_text()
    passes_its_own_tests(project)
    operation = "{ a: stockPeople { nodes { mood doc plain tags at amount code person { fullName } items { nodes { kind total } } } } }"
    sales = """{ a: sales(orderBy: [{saleid: ASC}], where: {employee: {rate: {eq: 9.8}}}) { nodes {
        employeeid matrix salesperson { employeeid } employee { hired retired rate home }
    } } }"""
    answer, sold = asked(project, [operation, sales])
    employee = {"hired": 1999, "retired": False, "rate": 9.8, "home": "(1,2)"}
    assert sold["nodes"] == [
        {"employeeid": 1, "matrix": [[1, 2], [3, 4]], "salesperson": None, "employee": employee},
        {"employeeid": 1, "matrix": None, "salesperson": {"employeeid": 1}, "employee": employee},
    ]
    assert answer["nodes"] == [
        {
            "mood": "SO_SO",
            "doc": {"k": [1]},
            "plain": [True],
            "tags": ["a", "b"],
            "at": "2024-02-29T12:30:00+00:00",
            "amount": "1.25",
            "code": "ab",
            "person": {"fullName": "Bob"},
            "items": {"nodes": [{"kind": "A", "total": 1.5}]},
        }
    ]
    postgres_server.drop_database(url)


def test_the_oddest_mysql_database_is_served_as_it_is(mariadb_server: MariadbServer, tmp_path: Path) -> None:
    url = mariadb_server.create_database()
    mariadb_server.run(MYSQL, url)
    said = new_project(tmp_path, url)
    project = tmp_path / "odd_one"
    for note in (
        "alike is left out",
        "broken is left out",
        "values_of_all_kinds.photo holds binary data",
        "values_of_all_kinds.never has days that no calendar has",
        "values_of_all_kinds.tags is served as text: a set",
        "values_of_all_kinds.place is served as text: it was declared as point",
        "by_name: its reference to named",
    ):
        assert note in said
    passes_its_own_tests(project)
    assert "asyncmy" in (project / "pyproject.toml").read_text().partition("optional-dependencies")[0]
    # What the driver's own packages need is pinned, too.
    assert {"asyncmy", "cryptography", "cffi"} <= set(
        re.findall(r"^([a-z]+)==", (project / "requirements.lock").read_text(), re.MULTILINE)
    )
    every, named, folded, started, exact, chosen, digests, orders, towns, dangling, totals, people = (
        one["nodes"] if "nodes" in one else one["totalCount"]
        for one in asked(
            project,
            [
                """{ a: valuesOfAllKinds(orderBy: [{valuesOfAllKindId: ASC}], first: 1) { nodes {
                tiny flag several small large bits moreBits exact huge single twice mood tags doc born clock day never at
                stamp code name place doubled address status
            } } }""",
                '{ a: valuesOfAllKinds(where: {name: {eq: "ärger "}}) { nodes { name } } }',
                '{ a: valuesOfAllKinds(where: {name: {iContains: "ÄRGER"}}) { totalCount } }',
                '{ a: valuesOfAllKinds(where: {or: [{name: {eq: "日本"}}, {name: {startsWith: "Ä"}}], mood: {eq: SO_SO}}) { totalCount } }',
                '{ a: valuesOfAllKinds(where: {exactName: {eq: "A"}}) { totalCount } }',
                "{ a: valuesOfAllKinds(where: {status: {eq: IT_S_OFF}, single: {eq: 9.8}}) { totalCount } }",
                "{ a: digests(orderBy: [{note: ASC}]) { nodes { note parent { note } digestsByParent { nodes { note } } } } }",
                "{ a: orderRecords { nodes { part { maker number } } } }",
                "{ a: towns(orderBy: [{townId: ASC}]) { nodes { townRegion: region { code } } } }",
                "{ a: danglings { nodes { person { fullName } } } }",
                "{ a: totals(orderBy: [{maker: ASC}]) { nodes { maker number total } } }",
                "{ a: people(where: {groups: {some: {title: {isNull: true}}}}) { nodes { fullName status homeCountry { code } } } }",
            ],
        )
    )
    assert every == [
        {
            "tiny": 200,
            "flag": True,
            "several": 7,
            "small": 5,
            "large": "18446744073709551615",
            "bits": True,
            "moreBits": 257,
            "exact": "1.250",
            "huge": "12345678901234567890.5000000000",
            "single": 9.8,
            "twice": 1.5,
            "mood": "SO_SO",
            "tags": "a,b",
            "doc": {"k": [1]},
            "born": 1999,
            "clock": "-30:00:01",
            "day": "1815-12-10",
            "never": "0000-00-00",
            "at": "2024-02-29T12:30:00.000001+00:00",
            "stamp": "2024-02-29T10:30:00.500000+00:00",
            "code": "ab",
            "name": "Ärger",
            "place": "POINT(1 2)",
            "doubled": 400,
            "address": "::1",
            "status": "IT_S_OFF",
        }
    ]
    # Neither capitals nor the space at the end are all one, as they are to the column's own collation.
    assert named == [{"name": "ärger "}]
    assert (folded, started, exact, chosen) == (2, 1, 1, 1)
    assert digests == [
        {"note": "first", "parent": None, "digestsByParent": {"nodes": [{"note": "second"}]}},
        {"note": "second", "parent": {"note": "first"}, "digestsByParent": {"nodes": []}},
    ]
    assert orders == [{"part": {"maker": "abc", "number": 1}}, {"part": {"maker": "abd", "number": 1}}]
    assert towns == [{"townRegion": {"code": "CH"}}, {"townRegion": None}]
    assert dangling == [{"person": None}]
    assert totals == [{"maker": "abc", "number": 1, "total": "1"}, {"maker": "abd", "number": 1, "total": "1"}]
    assert people == [{"fullName": "Bob", "status": "IT_S_OVER", "homeCountry": {"code": "FR"}}]
    mariadb_server.drop_database(url)


def test_an_address_without_a_database_means_all_that_its_user_may_read(mariadb_server: MariadbServer) -> None:
    shop, stock = (mariadb_server.create_database() for _ in range(2))
    names = {url: str(make_url(url).database) for url in (shop, stock)}
    mariadb_server.run("CREATE TABLE goods (id INT PRIMARY KEY); INSERT INTO goods VALUES (1)", stock)
    mariadb_server.run(
        f"""CREATE TABLE orders (id INT PRIMARY KEY, good_id INT NOT NULL,
            CONSTRAINT ordered FOREIGN KEY (good_id) REFERENCES {names[stock]}.goods (id));
        CREATE USER reader@'127.0.0.1';""",
        shop,
    )
    for name in names.values():
        mariadb_server.run(f"GRANT SELECT ON {name}.* TO reader@'127.0.0.1'")
    whole = make_url(shop).set(username="reader", password="", database="").render_as_string(hide_password=False)
    derived = derived_from(address_of(whole))
    assert {one.table.label for one in derived.entities} == {f"{names[shop]}.orders", f"{names[stock]}.goods"}
    assert [relation.name for one in derived.entities for relation in one.relations] in (
        ["good", "orders"],
        ["orders", "good"],
    )
    mariadb_server.run("DROP USER reader@'127.0.0.1'")
    mariadb_server.drop_database(shop)
    mariadb_server.drop_database(stock)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["class-room!", "--from-database", "oracle://host/name"], "oracle is not served"),
        (["shop", "--from-database", "sqlite:///absent.sqlite"], "There is no file"),
        (["shop", "--from-database", "nothing"], "is no address of a database"),
        (["shop", "--from-database", "postgresql://someone:hidden@127.0.0.1:1/name"], "cannot be read"),
        (["json"], "is the name of another package"),
        (["1"], "'1' cannot name a project"),
        (["class"], "'class' cannot name a project"),
        (["stores/shop"], "give its name alone, and with --in where to make it"),
        (["shop", "--from-database", "sqlite://"], "That names no file"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_left(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["new", "--in", str(tmp_path), *arguments])
    assert result.exit_code == 1
    assert said in result.stderr
    assert "hidden" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(app, ["new", "shop", "--in", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
