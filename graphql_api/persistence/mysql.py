"""MySQL and MariaDB, by way of asyncmy's own connections, for reading alone.

Statements are prepared once for each connection, so that values never become part of a text. The collation of a
connection compares by code point; whatever is cast to text has it, be the column's own as it may.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import structlog
from asyncmy.errors import Error

from graphql_api.execution.time_limit import Patience, TimeLimit
from graphql_api.persistence.mysql_connection import connect, told
from graphql_api.persistence.pool import PoolUsage, Slots
from graphql_api.settings import DatabaseSettings

MOST_STATEMENTS: Final = 128
"""How many statements each connection keeps prepared; a server allows all of its clients some 16,000."""
_END_SECONDS: Final = 2
_log = structlog.stdlib.get_logger(__name__)


class _Session:
    """A connection, and what it has prepared."""

    __slots__ = ("_statements", "connection")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._statements: dict[str, Any] = {}

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows of a statement."""
        statement = self._statements.pop(text, None) or await self.connection.prepare(text)
        self._statements[text] = statement  # the last one is the one that was used last
        if len(self._statements) > MOST_STATEMENTS:
            await self._statements.pop(next(iter(self._statements))).close()
        rows: Sequence[Any] = (await statement.execute(arguments)).rows
        return rows


class MysqlDriver:
    """A bounded number of connections, opened when they are needed."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        # The server ends a statement in time, unless it does not answer at all.
        self._patience = Patience(settings.statement_timeout + 1)
        self._slots = Slots(settings.pool_size, settings.pool_timeout)
        self._free: list[_Session] = []
        self._ending: set[asyncio.Task[None]] = set()

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows. A connection that the server closed meanwhile is replaced without failing."""
        await self._slots.take()
        if self._free:
            try:
                return await self._run(self._free.pop(), text, arguments)
            except ConnectionError:
                # Nothing was answered, and nothing is changed by asking again.
                await self._slots.take()
        return await self._run(await self._opened(), text, arguments)

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections."""
        return PoolUsage(self._slots.used, len(self._free), self._slots.most, self._slots.waiting)

    async def close(self) -> None:
        """Close every connection."""
        free, self._free = self._free, []
        await asyncio.gather(*(_close(session.connection) for session in free), *self._ending)

    async def _opened(self) -> _Session:
        try:
            return _Session(await connect(self._settings, autocommit=True))
        except BaseException:
            self._slots.release()
            raise

    async def _run(self, session: _Session, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Run a statement, and give up the connection and its slot."""
        try:
            with TimeLimit(self._patience):
                rows = await session.fetch(text, arguments)
        except Error as error:
            failure = told(error)
            if isinstance(failure, ConnectionError):
                session.connection.close()
            self._give_back(session)
            raise failure from error
        except BaseException:
            self._end(session)
            raise
        self._give_back(session)
        return rows

    def _give_back(self, session: _Session) -> None:
        if session.connection.connected:
            self._free.append(session)
        self._slots.release()

    def _end(self, session: _Session) -> None:
        """Have the server end a statement that nobody waits for, which it would go on with; then free the slot."""
        session.connection.close()
        task = asyncio.create_task(self._kill(session.connection.thread_id()))
        self._ending.add(task)
        task.add_done_callback(self._ended)

    async def _kill(self, thread: int) -> None:
        try:
            async with asyncio.timeout(_END_SECONDS):
                connection = await connect(self._settings, autocommit=True)
                try:
                    await connection.query(f"KILL {thread}")
                finally:
                    connection.close()
        except (Error, OSError) as error:
            # It ends by its own time limit, or is over already.
            _log.debug("database.not_ended", error=type(error).__name__)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        self._slots.release()


async def _close(connection: Any) -> None:
    """Close a connection, by force where the server does not answer in time."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            await connection.ensure_closed()
    except (Error, OSError):
        connection.close()
