"""Telling a database that cannot be used right now, which will pass, from a statement that is wrong, which will not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.kernel.bus import Dispatch, Next
from domain.kernel.errors import Unavailable

_log = structlog.stdlib.get_logger(__name__)

_FAILURES = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, sqlite3.Error)
# Connection exceptions, insufficient resources, operator intervention (which a statement's time limit counts as).
_POSTGRESQL_STATES = ("08", "53", "57")
_SQLITE_ERRORS = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_CANTOPEN",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_INTERRUPT",
)


@contextmanager
def unavailability_told() -> Iterator[None]:
    """Raise Unavailable in place of what the driver raises when the database cannot be used; log the cause."""
    try:
        yield
    except _FAILURES as error:
        _tell(error)
        raise


async def availability(dispatch: Dispatch[Any], call_next: Next) -> Any:
    """Do the same around a dispatch, as middleware."""
    try:
        return await call_next(dispatch)
    except _FAILURES as error:
        _tell(error)
        raise


def _tell(error: Exception) -> None:
    """Raise Unavailable where that is what a failure means."""
    if isinstance(error, PoolTimeout | OSError) or _passes(error):
        cause = error.orig if isinstance(error, DBAPIError) else error
        _log.warning("database.unavailable", error=type(cause).__name__, reason=str(cause).partition("\n")[0])
        raise Unavailable("database") from error


def _passes(error: Exception) -> bool:
    cause: object = error
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        cause = getattr(error.orig, "__cause__", None) or error.orig
    state = getattr(cause, "sqlstate", None) or ""
    name = getattr(cause, "sqlite_errorname", None) or ""
    return state.startswith(_POSTGRESQL_STATES) or name.startswith(_SQLITE_ERRORS)
