"""A connection to somebody's database, for looking only."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from codegen.faults import Refused

T = TypeVar("T")


def address_of(url: str) -> URL:
    """Read the address of a database that can be served. Raises Refused."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Refused(
            "That is no address of a database; write sqlite:///file.sqlite or postgresql://host/name."
        ) from None
    backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise Refused(f"{backend} is not served; SQLite and PostgreSQL are.")
    if backend == "sqlite":
        file = Path(address.database or "")
        if not file.is_file():
            raise Refused(f"There is no file {file}.")
        return address.set(drivername="sqlite", database=str(file.resolve()))
    return address.set(drivername="postgresql")


def looked_at(address: URL, work: Callable[[Connection], T]) -> T:
    """Do something with a connection that changes nothing. Raises Refused where there is none."""
    try:
        return (
            _sqlite(address, work)
            if address.get_backend_name() == "sqlite"
            else asyncio.run(_postgresql(address, work))
        )
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Refused(f"{address.render_as_string(hide_password=True)} cannot be read: {reason}") from error


def _sqlite(address: URL, work: Callable[[Connection], T]) -> T:
    file = Path(address.database or "").as_uri()
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"{file}?mode=ro", uri=True))
    try:
        with engine.connect() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def _postgresql(address: URL, work: Callable[[Connection], T]) -> T:
    # Each statement by itself, so that one that fails fails alone.
    engine = create_async_engine(address.set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SET default_transaction_read_only = on"))
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
