"""SQLite, read through the standard library's own connections.

A statement first runs in the thread of the event loop, where a lookup takes 15 microseconds; by way of another thread
it takes up to ten times as long. Everybody waits meanwhile, so it may take a moment only: one that has not ended by
then is broken off, and runs once more in a thread, where it may take the time that statements have.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from graphql_api.execution.lru import WeighedLru
from graphql_api.persistence.driver_address import address
from graphql_api.persistence.pool import PoolUsage, Slots
from graphql_api.persistence.sqlite import TimedConnection, factory
from graphql_api.settings import DatabaseSettings

MOMENT: Final = 0.002
"""Seconds that a statement may run in the thread of the event loop."""
SLOW_SECONDS: Final = 10.0
"""Seconds for which a statement that took longer goes to a thread at once."""
_LOOK_AGAIN_SECONDS: Final = 0.01
_MOST_SLOW: Final = 256
_MOST_STATEMENTS: Final = 512
_BROKEN_OFF: Final = ("SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_LOCKED")


class SqliteDriver:
    """A connection for the thread of the event loop, and a bounded number of others."""

    def __init__(self, settings: DatabaseSettings) -> None:
        (self._file,), options = address(settings.url.reveal())
        self._options = {**options, "isolation_level": None, "cached_statements": _MOST_STATEMENTS}
        self._seconds = settings.statement_timeout
        self._threads = settings.pool_size
        self._slots = Slots(settings.pool_size, settings.pool_timeout)
        self._executor: ThreadPoolExecutor | None = None
        self._factory = factory(settings.read_only)
        self._near: TimedConnection | None = None
        self._free: list[TimedConnection] = []
        self._closed = False
        self._slow: WeighedLru[str, float] = WeighedLru(_MOST_SLOW, _MOST_SLOW)

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows."""
        slow_until = self._slow.get(text)
        if slow_until is None or slow_until < time.monotonic():
            try:
                return self._fetch_here(text, arguments)
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith(_BROKEN_OFF):
                    raise
            self._slow.put(text, time.monotonic() + SLOW_SECONDS, weight=1)
        return await self._fetch_in_a_thread(text, arguments)

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections of threads."""
        return PoolUsage(self._slots.used, len(self._free), self._slots.most, self._slots.waiting)

    async def close(self) -> None:
        """Close every connection, and end the threads; what is asked after that fails."""
        self._closed = True
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown()
        for connection in (self._near, *self._free):
            if connection is not None:
                connection.close()
        self._near, self._free = None, []

    def _fetch_here(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        if self._near is None:
            # On a busy machine the time of the thread is what the statement took, and all else nobody's fault.
            self._near = self._open(min(MOMENT, self._seconds), now=time.thread_time)
        return self._near.read(text, arguments)

    async def _fetch_in_a_thread(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        await self._slots.take()
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self._threads, "sqlite")
        work = _Work(text, arguments, self._free.pop() if self._free else None)
        running = asyncio.get_running_loop().run_in_executor(self._executor, work.run, self._open)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await work.break_off(running)
            raise
        finally:
            if running.done():
                self._give_back(work.connection)
            else:  # who is cancelled once more does not wait for the end of the statement
                running.add_done_callback(lambda _: self._give_back(work.connection))
            self._slots.release()

    def _give_back(self, connection: TimedConnection | None) -> None:
        if connection is not None and self._closed:
            connection.close()
        elif connection is not None:
            self._free.append(connection)

    def _open(self, seconds: float | None = None, **options: Any) -> TimedConnection:
        if self._closed:
            raise sqlite3.ProgrammingError("The driver is closed.")
        timeout = self._seconds if seconds is None else seconds
        return sqlite3.connect(self._file, timeout=timeout, factory=self._factory, **self._options, **options)


@dataclass(slots=True)
class _Work:
    """A statement that runs in another thread."""

    text: str
    arguments: Sequence[Any]
    connection: TimedConnection | None

    def run(self, connect: Callable[[], TimedConnection]) -> Sequence[Any]:
        if self.connection is None:
            self.connection = connect()
        return self.connection.read(self.text, self.arguments)

    async def break_off(self, running: "asyncio.Future[Any]") -> None:
        """End the statement, which may not even have begun."""
        while not running.done():
            if self.connection is not None:
                self.connection.interrupt()
            await asyncio.wait([running], timeout=_LOOK_AGAIN_SECONDS)
        if not running.cancelled():
            running.exception()
