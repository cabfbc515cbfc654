"""The way to the database for statements that only read: its driver, without SQLAlchemy in between."""

from collections.abc import Sequence
from typing import Any, Protocol, assert_never

from graphql_api.persistence.pool import PoolUsage
from graphql_api.persistence.postgresql import PostgresDriver
from graphql_api.persistence.sqlite_driver import SqliteDriver
from graphql_api.settings import DatabaseSettings


class Driver(Protocol):
    """Runs statements that only read, each by itself."""

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Give all rows, as the driver has them. Raises its errors, and OSError for a database that is away."""
        ...

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def create_driver(settings: DatabaseSettings) -> Driver:
    """Make a driver for the configured database. Nothing is connected yet."""
    match settings.url.dialect:
        case "sqlite":
            return SqliteDriver(settings)
        case "postgresql":
            return PostgresDriver(settings)
        case "mysql":
            # Imported where it is used: asyncmy is optional.
            from graphql_api.persistence.mysql import MysqlDriver

            return MysqlDriver(settings)
        case _:
            assert_never(settings.url.dialect)
