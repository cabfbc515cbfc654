"""Broken constraints of the database, told as the domain's errors."""

import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeAlias

from asyncpg import PostgresError
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError

from domain.kernel.entity import EntityDescription
from domain.kernel.errors import Conflict, Overtaken
from graphql_api.persistence.contention import driver_error, overtaken, sqlstate

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_REFERENCE = "FOREIGN KEY constraint failed"
_POSTGRESQL_REFERENCE = "23503"
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
    if columns := _repeated_columns(error, table):
        return f"another one has the same {' and '.join(name.replace('_', ' ') for name in columns)}"
    return None


def _breaks_reference(error: Exception) -> bool:
    return sqlstate(error) == _POSTGRESQL_REFERENCE or _SQLITE_REFERENCE in str(error)


def _repeated_columns(error: Exception, table: Table) -> list[str]:
    if found := _SQLITE_UNIQUE.search(str(getattr(error, "orig", ""))):
        return [name.strip().removeprefix(f"{table.name}.") for name in found["columns"].split(",")]
    named = getattr(driver_error(error), "constraint_name", None)
    unique = (one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint))
    return [column.name for one in unique if one.name == named for column in one.columns]
