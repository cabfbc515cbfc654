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
from graphql_api.observability.health import Unhealthy

_log = structlog.stdlib.get_logger(__name__)

_FAILURES = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, sqlite3.Error)
# Connection exceptions, a server that only follows another one, a login or a database that is not taken, insufficient
# resources, operator intervention (which a statement's time limit counts as).
_POSTGRESQL_STATES = ("08", "25006", "28", "3D", "53", "57")
_SQLITE_ERRORS = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_CANTOPEN",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_INTERRUPT",
)
_PASSING = (*_POSTGRESQL_STATES, *_SQLITE_ERRORS)
# Trying again does not help, but whoever starts something with the database has to know: a file that is none, and a
# role that may not do it, as since PostgreSQL 15 none but a database's owner may make tables in it.
_NO_DATABASE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "42501")


class UnknownMigration(Unhealthy):
    """The database is as a newer server made it, and nobody knows here what it looks like."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"migration {revision} is not known here: a newer server applied it, which has to be run")


@contextmanager
def unavailability_told() -> Iterator[None]:
    """Raise Unavailable in place of what is raised where something begins, and the database cannot be used; log why."""
    try:
        yield
    except (*_FAILURES, UnknownMigration) as error:
        _tell(error, (*_PASSING, *_NO_DATABASE))
        raise


async def availability(dispatch: Dispatch[Any], call_next: Next) -> Any:
    """Do so around a dispatch, as middleware, where it will pass."""
    try:
        return await call_next(dispatch)
    except _FAILURES as error:
        _tell(error)
        raise


def cause_of(error: BaseException) -> BaseException:
    """Give what the driver raised, where SQLAlchemy or its layer over a driver raised something in its place."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig


def _tell(error: Exception, errors: tuple[str, ...] = _PASSING) -> None:
    """Raise Unavailable where that is what a failure means."""
    if isinstance(error, PoolTimeout | OSError | UnknownMigration) or _is_unavailability(error, errors):
        cause = cause_of(error)
        _log.warning("database.unavailable", error=type(cause).__name__, reason=str(cause).partition("\n")[0])
        raise Unavailable("database") from error


def _is_unavailability(error: Exception, errors: tuple[str, ...]) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = cause_of(error)
    told = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""
    return told.startswith(errors)
