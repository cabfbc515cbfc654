"""A transaction on PostgreSQL, which begins with the first change.

What is read before is read by statements of their own. Nothing is lost by that: at the level of isolation that
transactions have here (READ COMMITTED) each statement sees what is committed when it starts, within one or without.
"""

from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, Final, TypeVar

import asyncpg

from graphql_api.persistence.postgresql import PostgresDriver

T = TypeVar("T")


class PostgresTransaction:
    """Statements that are stored together. It has no connection until something is changed."""

    combines: Final = True

    def __init__(self, driver: PostgresDriver) -> None:
        self._driver = driver
        self._connection: asyncpg.Connection | None = None
        self._broken = False

    @property
    def reads_apart(self) -> bool:
        """Tell whether nothing has begun yet."""
        return self._connection is None

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, changes of this transaction included."""
        if self._connection is None:
            return await self._driver.fetch(text, arguments)
        rows: Sequence[Any] = await self._checked(self._connection.fetch(text, *arguments))
        return rows

    async def execute(self, text: str, arguments: Sequence[Any]) -> int:
        """Change something, and tell how many rows that were."""
        connection = await self._begun()
        status = await self._checked(connection.execute(text, *arguments))
        rows = status.rpartition(" ")[2]
        return int(rows) if rows.isdigit() else 0

    async def execute_many(self, text: str, several: Sequence[Sequence[Any]]) -> None:
        """Change something many times, with other arguments each time."""
        connection = await self._begun()
        await self._checked(connection.executemany(text, several))

    def finish(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, None]:
        """Change the last thing and commit; alone, a statement is a transaction, which takes one way there and back."""
        if self._connection is None:
            return self._driver.change(text, arguments)
        return self._execute_and_commit(text, arguments)

    async def _execute_and_commit(self, text: str, arguments: Sequence[Any]) -> None:
        await self.execute(text, arguments)
        await self.commit()

    async def finish_if_any(self, text: str, arguments: Sequence[Any]) -> bool:
        """Change the last thing and commit, if the statement gives any row; tell whether it did.

        One that gives none has changed nothing.
        """
        if self._connection is None:
            return bool(await self._driver.ask(text, arguments))
        rows = await self.fetch(text, arguments)
        if rows:
            await self.commit()
        return bool(rows)

    async def commit(self) -> None:
        """Store what was changed."""
        if self._connection is None:
            return
        status = await self._checked(self._connection.execute("COMMIT"))
        if status != "COMMIT":
            # So PostgreSQL answers where a statement had failed.
            raise RuntimeError("the transaction had failed, and was rolled back")
        connection, self._connection = self._connection, None
        self._driver.give_back(connection)

    async def close(self) -> None:
        """Forget what was not committed."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._broken or connection.is_closed():
            self._driver.discard(connection)
            return
        try:
            await connection.execute("ROLLBACK")
        except BaseException:
            self._driver.discard(connection)
            raise
        self._driver.give_back(connection)

    async def _begun(self) -> asyncpg.Connection:
        if self._connection is None:
            self._connection = await self._driver.begin()
        return self._connection

    async def _checked(self, statement: Awaitable[T]) -> T:
        """Await a statement, and note where the connection cannot be used any more."""
        try:
            return await statement
        except asyncpg.PostgresError:
            raise
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            self._broken = True
            raise ConnectionError("the connection cannot be used") from error
        except BaseException:
            self._broken = True
            raise
