"""Telling a transaction that others came in the way of, which may be tried again, from one that is wrong."""

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from domain.kernel.errors import Overtaken

# Serialization failure and deadlock.
_POSTGRESQL_OVERTAKEN = ("40001", "40P01")
_SQLITE_BUSY = "SQLITE_BUSY"


def overtaken(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL ended a transaction for the sake of another one."""
    return isinstance(error, DBAPIError | PostgresError) and sqlstate(error) in _POSTGRESQL_OVERTAKEN


def may_try_again(error: Exception) -> bool:
    """Tell whether a whole command that failed like this may succeed if it is tried again at once."""
    if isinstance(error, DBAPIError):
        return (getattr(error.orig, "sqlite_errorname", None) or "").startswith(_SQLITE_BUSY)
    return isinstance(error, Overtaken)


def sqlstate(error: Exception) -> str | None:
    """Return PostgreSQL's code of an error."""
    return getattr(driver_error(error), "sqlstate", None)


def driver_error(error: Exception) -> BaseException | None:
    """Return the exception of asyncpg, which knows more than the wrapper that keeps it as its cause."""
    return getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error
