"""What MySQL and MariaDB tell in tables of their own, which SQLAlchemy does not ask."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text, types
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.types import TypeEngine

SYSTEM_SCHEMAS: Final = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
_DECLARED: Final = text(
    "SELECT column_name AS name, data_type AS declared, collation_name AS collation FROM information_schema.columns "
    "WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)
# Those of single columns, too; MySQL has no such column, and tells of all of them where tables are told.
_CHECKS: Final = text(
    "SELECT check_clause FROM information_schema.check_constraints "
    "WHERE constraint_schema = coalesce(:schema, database()) AND table_name = :name"
)
_CHARACTER_SET: Final = re.compile(r"\b_\w+(?=')")
_VALID_JSON: Final = re.compile(r"\s*\(*json_valid\s*\(`(?P<column>[^`]+)`\)\)*\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a column was declared as, where SQLAlchemy does not tell."""

    type: str
    collation: str | None


def declarations(connection: Connection, schema: str | None, name: str) -> Mapping[str, Declaration]:
    """Tell the declarations of a table's columns by their names."""
    found = connection.execute(_DECLARED, {"schema": schema, "name": name})
    return {row.name: Declaration(str(row.declared).lower(), row.collation) for row in found}


def checks_of(there: Inspector, schema: str | None, name: str) -> Sequence[str]:
    """List the conditions that the rows of a table satisfy."""
    connection: Any = there.bind
    if connection.dialect.is_mariadb:
        found = connection.scalars(_CHECKS, {"schema": schema, "name": name}).all()
    else:
        found = [str(one["sqltext"]) for one in there.get_check_constraints(name, schema)]
    return [_CHARACTER_SET.sub("", one).replace("\\'", "''") for one in found]


def meant_type(kind: TypeEngine[Any], column: str, checks: Sequence[str]) -> TypeEngine[Any]:
    """Take for JSON what MariaDB keeps as text that has to be JSON."""
    valid = (_VALID_JSON.fullmatch(check) for check in checks)
    return types.JSON() if any(one and one["column"] == column for one in valid) else kind
