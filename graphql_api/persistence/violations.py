"""Broken constraints of the database, told as the domain's errors."""

import re

from sqlalchemy import Constraint, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from domain.kernel.errors import Conflict
from graphql_api.persistence.mapping import EntityTables

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")


def conflict_of(error: IntegrityError, tables: EntityTables, metadata: MetaData) -> Conflict | None:
    """Say which rule a change broke, or None where it is no rule that the domain could know of."""
    constraint = _constraint(error, metadata)
    if isinstance(constraint, UniqueConstraint):
        columns = " and ".join(column.name.replace("_", " ") for column in constraint.columns)
        return Conflict(_entity(constraint, tables), f"another one has the same {columns}")
    if isinstance(constraint, ForeignKeyConstraint):
        return Conflict(
            _entity(constraint, tables), f"its {constraint.elements[0].parent.name} is gone or still in use"
        )
    if "FOREIGN KEY constraint failed" in str(error.orig):
        return Conflict("Entity", "something that it refers to is gone, or still refers to it")
    return None


def _constraint(error: IntegrityError, metadata: MetaData) -> Constraint | None:
    constraints = {one.name: one for table in metadata.sorted_tables for one in table.constraints}
    # asyncpg names the constraint on its own exception, which the driver's wrapper keeps as the cause.
    named = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    if named is not None:
        return constraints.get(named)
    if found := _SQLITE_UNIQUE.search(str(error.orig)):
        broken = {name.strip() for name in found["columns"].split(",")}
        unique = (one for one in constraints.values() if isinstance(one, UniqueConstraint))
        return next((one for one in unique if {str(column) for column in one.columns} == broken), None)
    return None


def _entity(constraint: Constraint, tables: EntityTables) -> str:
    return next(entity.name for entity in tables.model if tables[entity.name] is constraint.table)
