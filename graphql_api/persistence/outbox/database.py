"""The database as those see it who move events: few statements, compiled once, on the driver's own connections."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from domain.kernel.records import Row
from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.templates import Statement, Template, compiled
from graphql_api.persistence.transaction import Transaction, transactions
from graphql_api.settings import DatabaseSettings

# One to lead by, and one each for what is read and written meanwhile. Requests keep theirs to themselves.
_CONNECTIONS: Final = 4

Make: TypeAlias = Callable[[], Statement]
"""Makes a statement, with holes for what it is used with."""


class OutboxDatabase:
    """Runs statements. Each is told by the function that makes it, which is called once."""

    def __init__(self, settings: DatabaseSettings) -> None:
        """Nothing is connected yet."""
        settings = settings.model_copy(update={"pool_size": _CONNECTIONS})
        self.driver = create_driver(settings)
        # Only SQLite's writes go through it.
        self._engine = create_engine(settings)
        self._begin = transactions(self._engine, self.driver)
        self._templates: dict[Make, Template] = {}

    @property
    def is_sqlite(self) -> bool:
        """Tell whether a writer makes the others wait."""
        return self._engine.dialect.name == "sqlite"

    def template(self, make: Make) -> Template:
        """Give a statement, compiled."""
        found = self._templates.get(make)
        if found is None:
            found = self._templates[make] = compiled(make(), self._engine.dialect)
        return found

    async def rows(self, make: Make, *values: Any) -> Sequence[Row]:
        """Read, without a transaction, so that nobody waits for a lock."""
        template = self.template(make)
        rows: list[Row] = template.finish(await self.driver.fetch(template.text, template.arguments(values)))
        return rows

    async def change(self, *changes: tuple[Make, Sequence[Any]]) -> None:
        """Change something, all of it or nothing; one statement is a transaction by itself."""
        *others, (last, values) = changes
        async with self.transaction() as transaction:
            for make, given in others:
                template = self.template(make)
                await transaction.execute(template.text, template.arguments(given))
            template = self.template(last)
            await transaction.finish(template.text, template.arguments(values))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Give a transaction, and forget what was not committed in it."""
        transaction = self._begin()
        try:
            yield transaction
        finally:
            await transaction.close()

    async def close(self) -> None:
        """Close every connection."""
        await self.driver.close()
        await self._engine.dispose()
