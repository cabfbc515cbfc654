"""Migrations from one description to another, on tables that hold rows and that others refer to."""

from collections.abc import Mapping
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from codegen.migrations import Change, migrations
from codegen.stored import StoredColumn, StoredTable, consequences, losses
from graphql_api.persistence.engine import reading
from graphql_api.persistence.migrate import _altering
from graphql_api.settings import DatabaseSettings
from tests.support.databases import engine_for

PORTS = StoredTable("ports", (StoredColumn("name", "CodePointText", nullable=False, indexed=True),))
SHIPS = StoredTable(
    "ships",
    (
        StoredColumn("name", "CodePointText", nullable=False, unique=True),
        StoredColumn("length", "sa.BigInteger()", nullable=True, fill="1"),
        StoredColumn("home_id", "sa.Uuid()", nullable=True, indexed=True, target="ports"),
        StoredColumn("flag", "CodePointText", nullable=True, indexed=True),
    ),
)
PORTS_LATER = StoredTable(
    "ports",
    (
        StoredColumn("name", "CodePointText", nullable=False, unique=True),
        StoredColumn("fee", "ExactDecimal(12, 2)", nullable=False, fill='Decimal("9.99")'),
        StoredColumn("flagship_id", "sa.Uuid()", nullable=True, indexed=True, target="ships"),
    ),
)
SHIPS_LATER = StoredTable(
    "ships",
    (
        StoredColumn("name", "CodePointText", nullable=False, indexed=True),
        StoredColumn("length", "sa.BigInteger()", nullable=False, fill="1"),
        StoredColumn("home_id", "sa.Uuid()", nullable=True, unique=True, target="ports"),
    ),
)
ROWS = """
INSERT INTO ports (id, version, created_at, updated_at, name) VALUES
    ('00000000000000000000000000000001', 1, '2024-01-01 00:00:00', '2024-01-01 00:00:00', 'Bergen');
INSERT INTO ships (id, version, created_at, updated_at, name, length, home_id, flag) VALUES
    ('00000000000000000000000000000002', 1, '2024-01-01 00:00:00', '2024-01-01 00:00:00', 'Fram', NULL, '00000000000000000000000000000001', 'no');
"""


async def carry_out(engine: AsyncEngine, direction: str, *changes: Change) -> None:
    """Do what the migrations of changes say, in the way in which Alembic has it done."""
    made = [text for _, text in sorted(migrations(changes, None).items())]

    def run(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            for source in made if direction == "upgrade" else made[::-1]:
                module: dict[str, Any] = {}
                exec(source, module)  # noqa: S102  # which is what was generated
                module[direction]()

    async with _altering(engine) as connection:
        await connection.run_sync(run)


async def rows(engine: AsyncEngine, statement: str) -> list[Mapping[str, Any]]:
    async with reading(engine) as connection:
        return [dict(one) for one in (await connection.execute(text(statement))).mappings()]


async def test_rows_and_references_outlast_a_change_and_its_way_back(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated) as engine:
        await carry_out(engine, "upgrade", (None, PORTS), (None, SHIPS))
        async with engine.begin() as connection:
            for statement in ROWS.strip().split(";")[:-1]:
                await connection.execute(text(statement))

        change = ((PORTS, PORTS_LATER), (SHIPS, SHIPS_LATER))
        await carry_out(engine, "upgrade", *change)
        found = await rows(
            engine, "SELECT ships.name, length, fee, flagship_id FROM ships JOIN ports ON home_id = ports.id"
        )
        assert [(one["name"], one["length"], one["flagship_id"]) for one in found] == [("Fram", 1, None)]
        assert str(found[0]["fee"]) in {"9.99", "999"}  # which is how SQLite stores it

        await carry_out(engine, "downgrade", *change)
        found = await rows(engine, "SELECT ships.name, length, flag FROM ships JOIN ports ON home_id = ports.id")
        assert found == [{"name": "Fram", "length": 1, "flag": None}]
        await carry_out(engine, "upgrade", (SHIPS, None), (PORTS, None))


async def test_tables_that_refer_to_one_another_are_made_in_any_order(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated) as engine:
        for tables in ((PORTS_LATER, SHIPS_LATER), (SHIPS_LATER, PORTS_LATER)):
            await carry_out(engine, "upgrade", *((None, one) for one in tables))
            await carry_out(engine, "downgrade", *((None, one) for one in tables))


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("ExactDecimal(12, 2)", "ExactDecimal(14, 2)", True),
        ("ExactDecimal(14, 2)", "ExactDecimal(12, 2)", False),
        ("ExactDecimal(12, 2)", "ExactDecimal(14, 4)", False),
        ("sa.BigInteger()", "CodePointText", False),
        ("CodePointText", "CodePointText", True),
    ],
)
def test_a_type_changes_only_where_every_value_can_be_kept(old: str, new: str, kept: bool) -> None:
    before, after = (StoredTable("ships", (StoredColumn("a", kind, nullable=False),)) for kind in (old, new))
    assert (not list(losses(before, after))) is kept


def test_what_a_migration_does_to_rows_is_told() -> None:
    assert list(consequences(None, SHIPS)) == []
    assert list(consequences(SHIPS, SHIPS)) == []
    assert list(consequences(SHIPS, None)) == ["drops ships, with all that it holds"]
    assert list(consequences(SHIPS, SHIPS_LATER)) == [
        "drops ships.flag, with what it holds",
        "sets ships.length to 1 in rows that are there and have none",
    ]
    assert list(consequences(PORTS, PORTS_LATER)) == [
        'sets ports.fee to Decimal("9.99") in rows that are there and have none'
    ]
