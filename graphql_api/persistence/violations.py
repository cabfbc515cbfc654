"""Broken constraints of the database, told as the domain's errors."""

import re
from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

from asyncpg import PostgresError
from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import DBAPIError

from domain.kernel.entity import EntityDescription
from domain.kernel.errors import Conflict, DomainError, Overtaken
from graphql_api.persistence.contention import driver_error, overtaken, sqlstate

# Of an index over expressions SQLite tells the name.
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?!index ')(?P<columns>.+)")
_SQLITE_NAMED = re.compile(r"(?:UNIQUE constraint failed: index '|CHECK constraint failed: )(?P<name>[^']+)")
_SQLITE_REFERENCE = "FOREIGN KEY constraint failed"
_POSTGRESQL_REFERENCE = "23503"
_POSTGRESQL_UNFIT = ("22001", "22003")
REFUSED: Final = (DBAPIError, PostgresError)
"""What drivers raise where a database does not do what it was asked for."""

Written: TypeAlias = tuple[EntityDescription, Table]


class Say(Protocol):
    """Says which rule was broken, or returns None where it is none that the domain could know of."""

    def __call__(
        self, error: Exception, entity: EntityDescription, table: Table, *, removing: bool
    ) -> DomainError | None: ...


def violation(error: Exception, entity: EntityDescription, table: Table, *, removing: bool) -> DomainError | None:
    """Say so of the rules that are declared here."""
    reason = _broken_rule(error, table, removing=removing)
    return None if reason is None else Conflict(entity.name, reason)


def tell(error: Exception, written: Sequence[Written], *, removing: bool = False, say: Say = violation) -> None:
    """Raise what a driver's error means where one of the rows that were written breaks a rule; else return."""
    if not written:
        return
    entity, table = _culprit(error, written)
    if overtaken(error):
        raise Overtaken(entity.name) from error
    told = say(error, entity, table, removing=removing)
    if told is not None:
        raise told from error


def _culprit(error: Exception, written: Sequence[Written]) -> Written:
    named = getattr(driver_error(error), "table_name", None)
    return next((one for one in written if one[1].name == named), written[0])


def _broken_rule(error: Exception, table: Table, *, removing: bool) -> str | None:
    if breaks_reference(error):
        return "something still refers to it" if removing else "something that it refers to is gone"
    if sqlstate(error) in _POSTGRESQL_UNFIT:
        return "a value is too long or too large for where it is stored"
    name = _name_of_rule(error)
    if columns := _repeated_columns(error, table, name):
        return repeated(columns)
    checks = (one for one in table.constraints if isinstance(one, CheckConstraint | ExcludeConstraint))
    if name is not None and any(one.name == name for one in checks):
        return broken(name)
    return None


def repeated(columns: Sequence[str]) -> str:
    """Say that others have the same values."""
    return f"another one has the same {named(columns)}"


def broken(name: str) -> str:
    """Say that a rule is broken that has a name."""
    return f'it breaks the rule "{name.replace("_", " ")}"'


def named(columns: Sequence[str]) -> str:
    """Name columns as people do."""
    return " and ".join(column.replace("_", " ") for column in columns)


def keys_of(names: Sequence[str], table: Table) -> list[str]:
    """Give what columns go by here, whose names the database tells."""
    keys = {column.name: column.key for column in table.columns}
    return [keys.get(name, name) for name in names]


def breaks_reference(error: Exception) -> bool:
    """Tell whether a row refers to another that is not there."""
    return sqlstate(error) == _POSTGRESQL_REFERENCE or _SQLITE_REFERENCE in str(error)


def _name_of_rule(error: Exception) -> str | None:
    if found := _SQLITE_NAMED.search(told_by_sqlite(error)):
        return found["name"]
    return getattr(driver_error(error), "constraint_name", None)


def _repeated_columns(error: Exception, table: Table, name: str | None) -> list[str]:
    if found := _SQLITE_UNIQUE.search(told_by_sqlite(error)):
        names = [name.strip().removeprefix(f"{table.name}.") for name in found["columns"].split(",")]
        return keys_of(names, table)
    constraints = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    indexes = [one for one in table.indexes if one.unique]
    return [column.key for one in (*constraints, *indexes) if name and one.name == name for column in one.columns]


def told_by_sqlite(error: Exception) -> str:
    """Return what SQLite says."""
    return str(getattr(error, "orig", ""))
