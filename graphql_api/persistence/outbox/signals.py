"""How processes tell one another that something was stored, so that nobody has to keep looking."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum, unique
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from graphql_api.persistence.driver_address import address
from graphql_api.persistence.engine import connection_options
from graphql_api.persistence.postgres_connection import close
from graphql_api.settings import DatabaseSettings

SECONDS_BETWEEN_LOOKS: Final = 0.1
"""How often SQLite's file is looked at, which takes some microseconds."""
SECONDS_BETWEEN_SIGNS_OF_LIFE: Final = 30.0


@unique
class Signal(StrEnum):
    """What others are told; the values are PostgreSQL's channels."""

    COMMITTED = "graphql_api_committed"
    """Events were stored, and wait for their positions."""
    GROWN = "graphql_api_grown"
    """The log has grown, or something in it is to be delivered again."""


Hear: TypeAlias = Callable[[Signal], None]


class Signals(Protocol):
    """Carries signals between the processes on one database. One may be lost: whoever waits has to look at times."""

    def tell(self, signal: Signal) -> None:
        """Tell the others, soon; what is told several times in a row may arrive once."""
        ...

    async def listen(self, hear: Hear) -> None:
        """Hear of what others tell, without end. Raises what the connection fails with."""
        ...


def create_signals(settings: DatabaseSettings) -> Signals:
    """Make the signals of the configured database. Nothing is connected yet."""
    return SqliteSignals(settings) if settings.url.dialect == "sqlite" else PostgresSignals(settings)


async def announce(connection: AsyncConnection, signal: Signal) -> None:
    """Tell every process, with the commit of a transaction."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"NOTIFY {signal}"))


class PostgresSignals:
    """LISTEN and NOTIFY, on a connection of their own.

    What was committed is told after the commit and not with it: PostgreSQL lets one transaction at a time commit
    a NOTIFY, so that writers would wait for one another's disk.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._options = {**address(settings.url.reveal())[1], **connection_options(settings)}
        self._untold: set[Signal] = set()
        self._wake = asyncio.Event()

    def tell(self, signal: Signal) -> None:
        """Tell the others, soon; what is told several times in a row may arrive once."""
        self._untold.add(signal)
        self._wake.set()

    async def listen(self, hear: Hear) -> None:
        """Hear of what others tell, and tell them, without end. Raises what the connection fails with."""
        connection = await asyncpg.connect(**self._options)
        try:
            connection.add_termination_listener(self._wake_up)
            for signal in Signal:
                await connection.add_listener(signal, partial(self._heard, hear))
                # Something may have been told, on either side, while nobody listened.
                hear(signal)
                self.tell(signal)
            while True:
                await self._tell_all(connection)
        finally:
            await close(connection)

    async def _tell_all(self, connection: Any) -> None:
        self._wake.clear()
        untold, self._untold = self._untold, set()
        await connection.execute("; ".join(f"NOTIFY {signal}" for signal in untold) or "SELECT 1")
        try:
            async with asyncio.timeout(SECONDS_BETWEEN_SIGNS_OF_LIFE):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _wake_up(self, _connection: object) -> None:
        self._wake.set()

    @staticmethod
    def _heard(hear: Hear, connection: Any, sender: int, channel: str, _payload: object) -> None:
        if sender != connection.get_server_pid():
            hear(Signal(channel))


class SqliteSignals:
    """The version of the file, which changes with every commit of another connection."""

    def __init__(self, settings: DatabaseSettings) -> None:
        (self._file,), options = address(settings.url.reveal())
        self._options = {**options, "timeout": 0, "isolation_level": None}

    def tell(self, _signal: Signal) -> None:
        """Leave it to the file."""

    async def listen(self, hear: Hear) -> None:
        """Hear of every commit, without end. Raises sqlite3.OperationalError where the file cannot be read."""
        with closing(sqlite3.connect(self._file, **self._options)) as connection:
            known = None
            while True:
                version = connection.execute("PRAGMA data_version").fetchone()
                if version != known:
                    known = version
                    for signal in Signal:
                        hear(signal)
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
