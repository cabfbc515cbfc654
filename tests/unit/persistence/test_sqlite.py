"""A connection to SQLite that is closed lets go of the file at once, and one that is not opened of its thread."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from graphql_api.persistence.sqlite import TimedConnection, connect


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
