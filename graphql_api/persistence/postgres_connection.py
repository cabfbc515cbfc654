"""What is done with one of asyncpg's connections, with fewer steps than its own, and what its errors tell of it."""

import select
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

_CLOSE_SECONDS: Final = 2
# The server shuts down, or ended this connection.
_GOING_AWAY: Final = frozenset({"57P01", "57P02", "57P03"})


async def close(connection: asyncpg.Connection) -> None:
    """Close a connection, by force where the server does not answer in time."""
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        connection.terminate()


async def fetch(connection: asyncpg.Connection, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
    """Run a statement and give its rows: at once where it is prepared, to which asyncpg itself takes five steps."""
    prepared = connection._stmt_cache.get((text, asyncpg.Record, False))  # noqa: SLF001  # no other way leads there
    rows: Sequence[Any]
    if prepared is None:
        rows = await connection.fetch(text, *arguments)
    else:
        try:
            rows = await connection._protocol.bind_execute(prepared, arguments, "", 0, False, None)  # noqa: SLF001
        except asyncpg.InvalidCachedStatementError:
            # What it reads was changed meanwhile, and nothing was done: asyncpg prepares it again.
            rows = await connection.fetch(text, *arguments)
    return rows


async def execute(connection: asyncpg.Connection, text: str, several: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Run a statement with each of several arguments, all or nothing, and give the rows of a single one."""
    if len(several) == 1:
        return await fetch(connection, text, several[0])
    await connection.executemany(text, several)
    return ()


def has_news(connection: asyncpg.Connection) -> bool:
    """Tell whether the server has said something on a connection where nobody asked anything."""
    poll = select.poll()
    # asyncpg has no other way to the socket.
    poll.register(connection._transport.get_extra_info("socket").fileno(), select.POLLIN)  # noqa: SLF001
    return bool(poll.poll(0))


def ended_meanwhile(connection: asyncpg.Connection, error: Exception) -> bool:
    """Tell whether an error is that the server ended a connection, perhaps before it was asked."""
    lost = isinstance(error, ConnectionError) or connection.is_closed()
    return lost or getattr(error, "sqlstate", None) in _GOING_AWAY
