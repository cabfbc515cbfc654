"""A connection to SQLite that is closed lets go of the file at once, and one that is not opened of its thread."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.sqlite import TimedConnection, connect
from graphql_api.settings import DatabaseSettings
from graphql_api.settings.database_url import DatabaseUrl


def test_a_connection_that_was_interrupted_keeps_no_lock(tmp_path: Path) -> None:
    file = str(tmp_path / "store.sqlite")
    interrupted = TimedConnection(file, timeout=5, isolation_level=None)
    interrupted.execute("BEGIN IMMEDIATE")
    unfinished = interrupted.cursor()
    unfinished.execute("SELECT 1 UNION SELECT 2")
    interrupted.interrupt()
    interrupted.close()
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.close()
    del unfinished


def test_of_a_connection_that_cannot_be_opened_no_thread_is_left(tmp_path: Path) -> None:
    async def fail() -> None:
        await (await connect(tmp_path / "nowhere" / "store.sqlite")).close()

    before = threading.active_count()
    for _ in range(20):
        with pytest.raises(sqlite3.OperationalError):
            asyncio.run(fail())
        assert threading.active_count() == before


def test_text_that_is_no_utf_8_is_read_with_marks_in_it(tmp_path: Path) -> None:
    connection = TimedConnection(str(tmp_path / "store.sqlite"), timeout=5, isolation_level=None)
    latin = "SELECT CAST(X'4DE9' AS TEXT) UNION ALL SELECT ?"
    assert connection.read(latin, ["Mé"]) == [("M\ufffd",), ("Mé",)]
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connection.read("SELECT * FROM nowhere", [])
    assert connection.text_factory is str
    connection.close()


async def test_commands_read_such_text_of_others_too(tmp_path: Path) -> None:
    engine = create_engine(DatabaseSettings(url=DatabaseUrl(f"sqlite:///{tmp_path}/store.sqlite"), own_tables=False))
    async with engine.begin() as connection:
        assert await connection.scalar(text("SELECT CAST(X'4DE9' AS TEXT)")) == "M\ufffd"
    await engine.dispose()
