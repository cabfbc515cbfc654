"""Transactions: statements that are stored together or not at all."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.driver import Driver
from graphql_api.persistence.postgres_transaction import PostgresTransaction
from graphql_api.persistence.postgresql import PostgresDriver


class Transaction(Protocol):
    """Used once; what was not committed when it is closed is forgotten."""

    @property
    def combines(self) -> bool:
        """Tell whether one statement may change several tables."""
        ...

    @property
    def reads_apart(self) -> bool:
        """Tell whether what is read now is read by a statement of its own, which may read for others too."""
        ...

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, changes of this transaction included."""
        ...

    async def execute(self, text: str, arguments: Sequence[Any]) -> int:
        """Change something, and tell how many rows that were."""
        ...

    async def execute_many(self, text: str, several: Sequence[Sequence[Any]]) -> None:
        """Change something many times, with other arguments each time."""
        ...

    async def finish(self, text: str, arguments: Sequence[Any]) -> None:
        """Change the last thing and commit."""
        ...

    async def finish_if_any(self, text: str, arguments: Sequence[Any]) -> bool:
        """Change the last thing and commit, if the statement gives any row; tell whether it did."""
        ...

    async def commit(self) -> None:
        """Store what was changed."""
        ...

    async def close(self) -> None:
        """Forget what was not committed."""
        ...


Begin: TypeAlias = Callable[[], Transaction]


def transactions(engine: AsyncEngine, driver: Driver) -> Begin:
    """Give what makes transactions on a database."""
    if isinstance(driver, PostgresDriver):
        return partial(PostgresTransaction, driver)
    return partial(EngineTransaction, engine)


class EngineTransaction:
    """A transaction on SQLite, by way of SQLAlchemy, which knows how to run it in another thread."""

    combines: Final = False
    reads_apart: Final = False

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._opened: AsyncConnection | None = None

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, changes of this transaction included."""
        return (await (await self._connection()).exec_driver_sql(text, tuple(arguments))).all()

    async def execute(self, text: str, arguments: Sequence[Any]) -> int:
        """Change something, and tell how many rows that were."""
        return (await (await self._connection()).exec_driver_sql(text, tuple(arguments))).rowcount

    async def execute_many(self, text: str, several: Sequence[Sequence[Any]]) -> None:
        """Change something many times, with other arguments each time."""
        await (await self._connection()).exec_driver_sql(text, [tuple(one) for one in several])

    async def finish(self, text: str, arguments: Sequence[Any]) -> None:
        """Change the last thing and commit."""
        await self.execute(text, arguments)
        await self.commit()

    async def finish_if_any(self, text: str, arguments: Sequence[Any]) -> bool:
        """Change the last thing and commit, if the statement gives any row; tell whether it did."""
        rows = await self.fetch(text, arguments)
        if rows:
            await self.commit()
        return bool(rows)

    async def commit(self) -> None:
        """Store what was changed."""
        if self._opened is not None:
            await self._opened.commit()

    async def close(self) -> None:
        """Forget what was not committed."""
        if self._opened is not None:
            await self._opened.close()

    async def _connection(self) -> AsyncConnection:
        if self._opened is None:
            self._opened = await self._engine.connect()
        return self._opened
