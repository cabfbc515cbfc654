"""A connection to somebody's database, for looking only."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Dialect, create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from codegen.database.looking import IS_UTF8
from codegen.faults import Refused

T = TypeVar("T")
_SERVED: Mapping[str, str] = {"sqlite": "sqlite", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}


class Look(Protocol):
    """Does something with a connection to a database."""

    def __call__(self, address: URL, work: Callable[[Connection], T], /) -> T: ...


def address_of(url: str) -> URL:
    """Read the address of a database that can be served. Raises Refused."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Refused(
            "That is no address of a database; write sqlite:///file.sqlite, postgresql://host/name or mysql://host/name."
        ) from None
    backend = address.get_backend_name()
    if backend not in _SERVED:
        raise Refused(f"{backend} is not served; SQLite, PostgreSQL, MySQL and MariaDB are.")
    if backend == "sqlite":
        if not address.database:
            raise Refused("That names no file; write sqlite:///file.sqlite.")
        file = Path(address.database)
        if not file.is_file():
            raise Refused(f"There is no file {file}.")
        return address.set(drivername="sqlite", database=str(file.resolve()))
    if _SERVED[backend] == "mysql" and find_spec("asyncmy") is None:
        raise Refused("MySQL needs a driver, which graphql-api[mysql] brings: uv run --extra mysql codegen ...")
    return address.set(drivername=_SERVED[backend])


def looked_at(address: URL, work: Callable[[Connection], T]) -> T:
    """Do something with a connection that changes nothing. Raises Refused where there is none."""
    try:
        return _LOOKS[address.get_backend_name()](address, work)
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Refused(f"{address.render_as_string(hide_password=True)} cannot be read: {reason}") from error


def _sqlite(address: URL, work: Callable[[Connection], T]) -> T:
    file = Path(address.database or "").as_uri()

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{file}?mode=ro", uri=True)
        connection.create_function(IS_UTF8, 1, _is_utf8, deterministic=True)
        return connection

    engine = create_engine("sqlite://", creator=connected)
    try:
        with engine.connect() as connection:
            return work(connection)
    finally:
        engine.dispose()


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _on_a_server(driver: str, set_up: Callable[[Dialect], Sequence[str]]) -> Look:
    """Give what looks at a database by way of a server, once a connection is set up."""

    async def look(address: URL, work: Callable[[Connection], T]) -> T:
        # Each statement by itself, so that one that fails fails alone.
        engine = create_async_engine(address.set(drivername=driver), isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                for statement in set_up(connection.dialect):
                    await connection.exec_driver_sql(statement)
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return lambda address, work: asyncio.run(look(address, work))


def _on_postgresql(_dialect: Dialect) -> Sequence[str]:
    return ["SET default_transaction_read_only = on"]


def _on_mysql(dialect: Any) -> Sequence[str]:
    least, collation = ((10, 10), "utf8mb4_nopad_bin") if dialect.is_mariadb else ((8, 0, 17), "utf8mb4_0900_bin")
    if dialect.server_version_info < least:
        raise Refused("That server is too old: MariaDB 10.10, MySQL 8.0.17 and newer are served.")
    # It would print what servers warn of, which is told in notes.
    logging.getLogger("asyncmy").addHandler(logging.NullHandler())
    # What is looked at is compared as it will be when it is served: by code point.
    return ["SET SESSION TRANSACTION READ ONLY", f"SET NAMES utf8mb4 COLLATE {collation}, time_zone = '+00:00'"]


_LOOKS: Mapping[str, Look] = {
    "sqlite": _sqlite,
    "postgresql": _on_a_server("postgresql+asyncpg", _on_postgresql),
    "mysql": _on_a_server("mysql+asyncmy", _on_mysql),
}
