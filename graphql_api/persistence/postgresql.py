"""PostgreSQL, by way of asyncpg's own connections.

SQLAlchemy's pool, transaction and cursor cost more than a short statement itself. asyncpg's pool sends one to reset the
connection after each; neither what only reads nor a transaction that has ended leaves anything to reset.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, Final, TypeVar

import asyncpg

from graphql_api.persistence.driver_address import address
from graphql_api.persistence.engine import connection_options
from graphql_api.persistence.group_commit import GroupCommit
from graphql_api.persistence.pool import PoolUsage, Slots
from graphql_api.persistence.postgres_connection import close, ended_meanwhile, execute, fetch, has_news
from graphql_api.settings import DatabaseSettings

T = TypeVar("T")

MOST_STATEMENTS: Final = 512
"""How many statements each connection keeps prepared."""
_LONGEST_STATEMENT: Final = 64 * 1_024
# How asyncpg refuses a statement before it sends it.
_OTHER_OPERATION: Final = "cannot switch to state"


class NotSentError(ConnectionError):
    """A connection could not be used, and the server has seen nothing of the statement."""


class PostgresDriver:
    """A bounded number of connections, opened when they are needed."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._options = {
            **address(settings.url.reveal())[1],
            **connection_options(settings),
            "statement_cache_size": MOST_STATEMENTS,
            "max_cached_statement_lifetime": 0,  # as long as the connection
            "max_cacheable_statement_size": _LONGEST_STATEMENT,
        }
        self._slots = Slots(settings.pool_size, settings.pool_timeout)
        self._free: list[asyncpg.Connection] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._together = GroupCommit(self._change)

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows. A connection that the server closed meanwhile is replaced without failing."""
        await self._slots.take()
        connection = self._idle()
        if connection is not None:
            try:
                return await self._run(connection, fetch(connection, text, arguments))
            except (asyncpg.PostgresError, ConnectionError) as error:
                # Nothing was answered, and nothing is changed by asking again.
                if not ended_meanwhile(connection, error):
                    raise
            await self._slots.take()
        connection = await self._opened()
        return await self._run(connection, fetch(connection, text, arguments))

    def change(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, None]:
        """Run a statement that changes something and commit it; what may have been stored is never sent again."""
        return self._together.change(text, arguments)

    def ask(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, Sequence[Any]]:
        """Run a statement that changes something, commit it, and give its rows; it is never sent again either."""
        return self._change(text, [arguments])

    async def begin(self) -> asyncpg.Connection:
        """Begin a transaction, and lend its connection to somebody who gives it back or discards it."""
        await self._slots.take()
        while connection := self._quiet():
            try:
                await connection.execute("BEGIN")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError):
                # Nothing but a connection that has ended fails to do that.
                connection.terminate()
            except BaseException:
                self.discard(connection)
                raise
            else:
                return connection
        connection = await self._opened()
        try:
            await connection.execute("BEGIN")
        except BaseException:
            self.discard(connection)
            raise
        return connection

    async def lend(self) -> asyncpg.Connection:
        """Lend a connection to somebody who gives it back or discards it."""
        await self._slots.take()
        return self._quiet() or await self._opened()

    def give_back(self, connection: asyncpg.Connection) -> None:
        """Take a connection that is as it was, or closed, and free its slot."""
        if not connection.is_closed():
            self._free.append(connection)
        self._slots.release()

    def discard(self, connection: asyncpg.Connection) -> None:
        """Close a connection whose statement was broken off, which the server is told of first; then free its slot."""
        task = asyncio.create_task(close(connection))
        self._closing.add(task)
        task.add_done_callback(self._discarded)

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections."""
        return PoolUsage(self._slots.used, len(self._free), self._slots.most, self._slots.waiting)

    async def close(self) -> None:
        """Close every connection."""
        await self._together.close()
        free, self._free = self._free, []
        await asyncio.gather(*map(close, free), *self._closing)

    async def _change(self, text: str, several: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """Run a statement with each of several arguments as one transaction, and give the rows of a single one."""
        await self._slots.take()
        while connection := self._quiet():
            try:
                return await self._run(connection, execute(connection, text, several))
            except NotSentError:
                await self._slots.take()
        connection = await self._opened()
        return await self._run(connection, execute(connection, text, several))

    def _idle(self) -> asyncpg.Connection | None:
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return None

    def _quiet(self) -> asyncpg.Connection | None:
        """Take an idle connection that the server has said nothing on meanwhile, which can only be its farewell."""
        while connection := self._idle():
            if not has_news(connection):
                return connection
            connection.terminate()
        return None

    async def _opened(self) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(**self._options)
        except BaseException:
            self._slots.release()
            raise

    async def _run(self, connection: asyncpg.Connection, statement: Awaitable[T]) -> T:
        """Await a statement, and give up the connection and its slot."""
        try:
            outcome = await statement
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self.give_back(connection)
            if connection.is_closed() and isinstance(error, asyncpg.InterfaceError):
                raise ConnectionError("the connection was closed") from error
            raise
        except asyncpg.InternalClientError as error:
            # It takes the server's farewell, until it has read the rest of it, for another operation in progress.
            self.discard(connection)
            in_progress = str(error).startswith(_OTHER_OPERATION)
            raise (NotSentError if in_progress else ConnectionError)("the connection cannot be used") from error
        except BaseException:
            self.discard(connection)
            raise
        self.give_back(connection)
        return outcome

    def _discarded(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        self._slots.release()
