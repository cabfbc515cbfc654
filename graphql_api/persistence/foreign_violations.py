"""Whatever the database refuses in tables that others made, whose rules nobody here has declared."""

import re
from functools import partial
from typing import Final

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from domain.kernel.entity import EntityDescription
from domain.kernel.errors import Conflict, DomainError, ValidationFailed, Violation
from graphql_api.persistence.contention import driver_error, sqlstate
from graphql_api.persistence.violations import (
    breaks_reference,
    broken,
    keys_of,
    named,
    repeated,
    tell,
    told_by_sqlite,
    violation,
)

_SQLITE_ABSENT: Final = re.compile(r"NOT NULL constraint failed: .*\.(?P<column>.+)")
_SQLITE_CHECK: Final = re.compile(r"CHECK constraint failed: (?P<rule>.+)", re.DOTALL)
_SQLITE_MISFIT: Final = re.compile(r"cannot store \w+ value in \w+ column .*\.(?P<column>.+)")
_SQLITE_DECLARATION: Final = "foreign key mismatch"
# The text depends on the language of the server, and what is between the parentheses does not.
_POSTGRESQL_KEY: Final = re.compile(r"\((?P<columns>.+?)\)=\(")
_ABSENT, _REPEATED, _BROKEN, _EXCLUDED = "23502", "23505", "23514", "23P01"
_REFUSED: Final = ("23", "42501", "P0001")
_NO_SUCH_VALUE: Final = "22"


def refusal(error: Exception, entity: EntityDescription, table: Table, *, removing: bool) -> DomainError | None:
    """Say what is refused, as far as the database does, or return None where it could not do what it was asked for."""
    if absent := _absent(error, table):
        return ValidationFailed([Violation(absent, "REQUIRED", "is required")])
    if misfit := _SQLITE_MISFIT.search(told_by_sqlite(error)):
        (field,) = keys_of([misfit["column"]], table)
        return ValidationFailed([Violation(field, "WRONG_TYPE", "is of another type than the database stores")])
    if breaks_reference(error) and not removing and (columns := _key(error, table)):
        return Conflict(entity.name, f"what {named(columns)} refers to is not there")
    if known := violation(error, entity, table, removing=removing):
        return known
    reason = _refusal(error, table)
    return None if reason is None else Conflict(entity.name, reason)


tell_refusal: Final = partial(tell, say=refusal)
"""Raise what a driver's error means where the database refused a row in a table that others made; else return."""


def _absent(error: Exception, table: Table) -> str | None:
    found = _SQLITE_ABSENT.search(told_by_sqlite(error))
    column = found["column"] if found else _told(error, "column_name") if sqlstate(error) == _ABSENT else None
    return None if column is None else keys_of([column], table)[0]


def _refusal(error: Exception, table: Table) -> str | None:
    state, name = sqlstate(error) or "", _told(error, "constraint_name")
    if found := _SQLITE_CHECK.search(told_by_sqlite(error)):
        columns = [column.key for column in table.columns if _mentions(found["rule"], column.name)]
        return f"it breaks a rule of {named(columns)}" if columns else "it breaks a rule of the database"
    if state == _REPEATED and (columns := _key(error, table)):
        return repeated(columns)
    if state in {_BROKEN, _EXCLUDED} and name:
        return broken(name)
    if state.startswith(_NO_SUCH_VALUE):
        return "a value is none of those that the database can store there"
    if _SQLITE_DECLARATION in told_by_sqlite(error):
        return "the database has declared a reference to it that it cannot check"
    refused = state.startswith(_REFUSED) or isinstance(error, IntegrityError)
    return "the database does not allow it" if refused else None


def _key(error: Exception, table: Table) -> list[str]:
    """Give the columns of a key that PostgreSQL tells of."""
    found = _POSTGRESQL_KEY.search(_told(error, "detail") or "")
    told = [name.strip().strip('"') for name in found["columns"].split(",")] if found else []
    return keys_of(told, table) if {column.name for column in table.columns}.issuperset(told) else []


def _mentions(rule: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", rule, re.IGNORECASE) is not None


def _told(error: Exception, what: str) -> str | None:
    return getattr(driver_error(error), what, None)
