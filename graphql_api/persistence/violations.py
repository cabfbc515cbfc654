"""Broken constraints of the database, told as the domain's errors."""

import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeAlias

from asyncpg import PostgresError
from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import DBAPIError

from domain.kernel.entity import EntityDescription
from domain.kernel.errors import Conflict, Overtaken
from graphql_api.persistence.contention import driver_error, overtaken, sqlstate

# Of an index over expressions SQLite tells the name.
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?!index ')(?P<columns>.+)")
_SQLITE_NAMED = re.compile(r"(?:UNIQUE constraint failed: index '|CHECK constraint failed: )(?P<name>[^']+)")
_SQLITE_REFERENCE = "FOREIGN KEY constraint failed"
_POSTGRESQL_REFERENCE = "23503"
_POSTGRESQL_UNFIT = ("22001", "22003")
_TOLD = (DBAPIError, PostgresError)

Written: TypeAlias = tuple[EntityDescription, Table]


class ViolationsTold:
    """Raises Conflict, naming the rule, in place of the driver's error when rows of an entity break a constraint.

    A statement may write those of several, which are asked for where that happens.
    """

    __slots__ = ("_removing", "_written")

    def __init__(self, written: Callable[[], Sequence[Written]], *, removing: bool = False) -> None:
        self._written = written
        self._removing = removing

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, _TOLD) and (several := self._written()):
            entity, table = _culprit(error, several)
            if overtaken(error):
                raise Overtaken(entity.name) from error
            reason = _broken_rule(error, table, removing=self._removing)
            if reason is not None:
                raise Conflict(entity.name, reason) from error


def _culprit(error: Exception, written: Sequence[Written]) -> Written:
    named = getattr(driver_error(error), "table_name", None)
    return next((one for one in written if one[1].name == named), written[0])


def _broken_rule(error: Exception, table: Table, *, removing: bool) -> str | None:
    """Say which rule was broken, or return None where it is none that the domain could know of."""
    if _breaks_reference(error):
        return "something still refers to it" if removing else "something that it refers to is gone"
    if sqlstate(error) in _POSTGRESQL_UNFIT:
        return "a value is too long or too large for where it is stored"
    name = _name_of_rule(error)
    if columns := _repeated_columns(error, table, name):
        return f"another one has the same {' and '.join(column.replace('_', ' ') for column in columns)}"
    checks = (one for one in table.constraints if isinstance(one, CheckConstraint | ExcludeConstraint))
    if name is not None and any(one.name == name for one in checks):
        return f'it breaks the rule "{name.replace("_", " ")}"'
    return None


def _breaks_reference(error: Exception) -> bool:
    return sqlstate(error) == _POSTGRESQL_REFERENCE or _SQLITE_REFERENCE in str(error)


def _name_of_rule(error: Exception) -> str | None:
    if found := _SQLITE_NAMED.search(_told_by_sqlite(error)):
        return found["name"]
    return getattr(driver_error(error), "constraint_name", None)


def _repeated_columns(error: Exception, table: Table, name: str | None) -> list[str]:
    if found := _SQLITE_UNIQUE.search(_told_by_sqlite(error)):
        return [name.strip().removeprefix(f"{table.name}.") for name in found["columns"].split(",")]
    constraints = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    indexes = [one for one in table.indexes if one.unique]
    return [column.name for one in (*constraints, *indexes) if name and one.name == name for column in one.columns]


def _told_by_sqlite(error: Exception) -> str:
    return str(getattr(error, "orig", ""))
