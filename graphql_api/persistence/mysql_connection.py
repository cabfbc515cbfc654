"""Connections to MySQL and MariaDB, set up to compare as other databases do."""

import asyncio
from typing import Any, Final

import asyncmy
from asyncmy.errors import Error
from sqlalchemy.engine.interfaces import DBAPIConnection

from graphql_api.persistence.driver_address import address
from graphql_api.persistence.mysql_dialect import collation
from graphql_api.settings import DatabaseSettings

_MODE: Final = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"
# The time limit of a statement, in MariaDB and in MySQL; a statement that somebody ended.
_OUT_OF_TIME: Final = frozenset({1969, 3024, 1317})
# Too many connections, a shutdown, lost packets, a full disk, locks, a connection that was ended, or that is none.
_PASSING: Final = frozenset(
    {0, 1021, 1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1927, 2002, 2003, 2006, 2013, 2055}
)


async def connect(settings: DatabaseSettings, *, autocommit: bool = False) -> Any:
    """Connect, set up so that the database compares as others do. Raises OSError where it is away."""
    options = {**address(settings.url.reveal())[1], "charset": "utf8mb4", "autocommit": autocommit}
    try:
        async with asyncio.timeout(settings.pool_timeout):
            connection = await asyncmy.connect(**options)
            try:
                await set_up(connection, settings)
            except BaseException:
                connection.close()
                raise
    except Error as error:
        raise told(error) from error
    return connection


async def set_up(connection: Any, settings: DatabaseSettings) -> None:
    """Have a connection compare by code point, tell moments in UTC, end what takes too long, and change nothing."""
    seconds, mariadb = settings.statement_timeout, "MariaDB" in connection.get_server_info()
    limit = f"max_statement_time = {seconds}" if mariadb else f"max_execution_time = {int(seconds * 1_000)}"
    comparing = f"NAMES utf8mb4 COLLATE {collation(mariadb)}, time_zone = '+00:00', sql_mode = '{_MODE}'"
    # A mean has as many places as can be had, so that it is rounded once.
    await connection.query(f"SET {comparing}, div_precision_increment = 30, {limit}")
    await connection.query(f"SET SESSION TRANSACTION {'READ ONLY' if settings.read_only else 'READ WRITE'}")


def set_up_again(settings: DatabaseSettings, connection: DBAPIConnection, _record: object) -> None:
    """Set up a connection of SQLAlchemy's, which resets the collation of each."""
    connection.run_async(lambda driver: set_up(driver, settings))


def told(error: Error) -> Exception:
    """Tell a database that is away, or out of time, from a statement that is wrong."""
    code = error.args[0] if error.args else None
    if code in _OUT_OF_TIME:
        return TimeoutError("the statement took too long")
    return ConnectionError(f"the database cannot be used ({code})") if code in _PASSING else error
