"""A connection to SQLite that is closed lets go of the file at once."""

import sqlite3
from pathlib import Path

from graphql_api.persistence.sqlite import TimedConnection


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
