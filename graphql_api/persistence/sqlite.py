"""SQLite's connections: set up to behave as PostgreSQL's do, with statements that end in time.

A connection lives in a thread of its own, where nothing but SQLite itself can end a statement.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar
from weakref import WeakSet

import aiosqlite
from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection

from domain.kernel.specification.patterns import fold
from graphql_api.persistence.folding import SQLITE_FUNCTION
from graphql_api.persistence.foreign import SQLITE_FINGERPRINT, sqlite_fingerprint
from graphql_api.persistence.sums import SQLITE_MEAN, SQLITE_SUM, divided, joined

_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "case_sensitive_like=ON")
_PRAGMAS_OF_A_READER = ("query_only=ON", "case_sensitive_like=ON")
WITHOUT_TRANSACTION = "without_transaction"
"""The execution option of a connection whose statements are each for themselves."""
_STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's virtual machine, which makes some 100 of them in a microsecond
_SECONDS_BETWEEN_TRIES = 0.01
_LONGEST_END = 1.0  # seconds


class _Clock:
    """How long the statement of a connection may still run."""

    __slots__ = ("_deadline", "_now", "_seconds")

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self.start()

    def start(self) -> None:
        self._deadline = self._now() + self._seconds

    def is_over(self) -> bool:
        return self._now() > self._deadline


class TimedConnection(sqlite3.Connection):
    """A connection for `sqlite3.connect(..., factory=TimedConnection)`.

    `timeout` limits the seconds that a statement runs, as `now` counts them, and those that one waits for a lock.
    """

    pragmas: ClassVar[Sequence[str]] = _PRAGMAS

    def __init__(
        self, database: str, timeout: float, now: Callable[[], float] = time.monotonic, **options: Any
    ) -> None:
        super().__init__(database, timeout=timeout, **options)
        self.clock = _Clock(timeout, now)
        self._cursors = WeakSet[sqlite3.Cursor]()
        try:
            for pragma in self.pragmas:
                self._insist(f"PRAGMA {pragma}", timeout)
            self.create_function(SQLITE_FUNCTION, 1, _fold, deterministic=True)
            self.create_function(SQLITE_FINGERPRINT, -1, sqlite_fingerprint, deterministic=True)
            self.create_function(SQLITE_SUM, 2, joined, deterministic=True)
            self.create_function(SQLITE_MEAN, 4, divided, deterministic=True)
            self.set_progress_handler(self.clock.is_over, _STEPS_BETWEEN_LOOKS)
        except BaseException:
            self.close()
            raise

    def _insist(self, statement: str, seconds: float) -> None:
        # Several that open a new file at once change its journal, for which SQLite does not wait by itself.
        give_up = time.monotonic() + seconds
        while True:
            try:
                self.execute(statement)
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > give_up:
                    raise
                time.sleep(_SECONDS_BETWEEN_TRIES)
            else:
                return

    def close(self) -> None:
        """Roll back and close."""
        try:
            # Closed within a transaction, it would keep its locks until the last cursor has gone too. What interrupted
            # a statement that is not finished would interrupt the roll-back as well.
            for cursor in list(self._cursors):
                cursor.close()
            self._roll_back()
        finally:
            super().close()

    def _roll_back(self) -> None:
        try:
            self.rollback()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_INTERRUPT":
                raise
            # That was meant for the statement of a cancelled request, and came late.
            self.rollback()

    def read(self, statement: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows of a statement in the time that it has."""
        self.clock.start()
        try:
            return self.execute(statement, arguments).fetchall()
        except sqlite3.OperationalError as error:
            # What SQLite itself says has a name; what has none is about text that others stored, which is not UTF-8.
            if hasattr(error, "sqlite_errorname"):
                raise
        return self._read_marked(statement, arguments)

    def _read_marked(self, statement: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, with a mark in place of what cannot be read of their texts."""
        self.clock.start()
        self.text_factory = _decoded
        try:
            return self.execute(statement, arguments).fetchall()
        finally:
            self.text_factory = str

    def cursor(self, factory: Any = None) -> Any:
        """Make a cursor whose statements are timed, the rows that are fetched later included."""
        cursor = super().cursor(factory or _TimedCursor)
        self._cursors.add(cursor)
        return cursor


class ReadingConnection(TimedConnection):
    """A connection that changes nothing, not even how the file is kept."""

    pragmas = _PRAGMAS_OF_A_READER


def factory(read_only: bool) -> type[TimedConnection]:
    """Choose the connections of a database."""
    return ReadingConnection if read_only else TimedConnection


class _TimedCursor(sqlite3.Cursor):
    connection: TimedConnection

    def execute(self, statement: str, parameters: Any = (), /) -> "_TimedCursor":
        self.connection.clock.start()
        super().execute(statement, parameters)
        return self

    def executemany(self, statement: str, parameters: Iterable[Any], /) -> "_TimedCursor":
        self.connection.clock.start()
        super().executemany(statement, parameters)
        return self


async def connect(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Open a connection in a thread of its own; whoever is cancelled meanwhile waits for it, to close it."""
    opening = asyncio.create_task(_open(*arguments, **options))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if not opening.cancelled() and not opening.exception():
            await opening.result().close()
        raise


async def _open(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    connection = aiosqlite.connect(*arguments, **options)
    # A process whose end is not orderly ends all the same. SQLAlchemy does this for connections that it opens itself.
    thread = connection._thread  # noqa: SLF001
    thread.daemon = True
    try:
        return await connection
    except Exception:
        # It tells this loop that it ends, which must not be closed before that.
        thread.join(_LONGEST_END)
        raise


def begin(connection: Connection) -> None:
    """Begin a transaction, unless the connection was asked to do without."""
    if not connection.get_execution_options().get(WITHOUT_TRANSACTION):
        # Taking the write lock at once waits for other writers; taking it later would fail where they came between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def mark_unreadable_text(connection: DBAPIConnection, _record: object) -> None:
    """Have a connection to what belongs to others read text that is not UTF-8, so that its row can be changed."""
    connection.driver_connection.text_factory = _decoded


def interrupt(connection: DBAPIConnection, _record: object, _error: object) -> None:
    """End what a connection still runs when it is thrown away, as happens to that of a cancelled request."""
    connection.run_async(lambda driver: driver.interrupt())


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _decoded(text: bytes) -> str:
    return text.decode(errors="replace")
