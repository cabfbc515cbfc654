"""Which tables and views a database has, and which of them can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import SQLAlchemyError

from codegen.database.catalogue import ForeignKey, Table
from codegen.database.mysql_catalogue import SYSTEM_SCHEMAS
from codegen.database.reflection import references_of, table_of
from codegen.database.sqlite_catalogue import kept

_PARTITIONS = text(
    """
    SELECT part.relname AS part, whole.relname AS whole FROM pg_inherits
    JOIN pg_class part ON part.oid = inhrelid JOIN pg_class whole ON whole.oid = inhparent
    JOIN pg_namespace ON pg_namespace.oid = part.relnamespace
    WHERE part.relispartition AND part.relkind IN ('r', 'p') AND nspname = coalesce(:schema, current_schema())
    ORDER BY 1
    """
)


def tables_of(connection: Connection, ours: frozenset[str]) -> tuple[list[Table], list[str]]:
    """Read every table and view but those that the server itself keeps, and tell which cannot be read."""
    there = inspect(connection)
    found: list[Table] = []
    notes: list[str] = []
    for schema in _schemas(there, connection.dialect.name):
        views = [*there.get_view_names(schema), *_materialized(there, schema, connection.dialect.name)]
        parts = _partitions(connection, schema)
        names = [(name, False) for name in there.get_table_names(schema)] + [(name, True) for name in views]
        notes += [f"{name} is left out: it is a part of {whole}, and read with it." for name, whole in parts.items()]
        for name, is_view in sorted(one for one in names if one[0] not in ours and one[0] not in parts):
            try:
                table = table_of(there, schema, name, is_view)
                shared = _shared(there, schema, [part for part, whole in parts.items() if whole == name])
                found.append(replace(table, foreign_keys=[*dict.fromkeys([*table.foreign_keys, *shared])]))
            except SQLAlchemyError as error:
                notes.append(f"{name} is left out: it cannot be read: {told(error)}.")
    return found, notes


def _shared(there: Inspector, schema: str | None, parts: Sequence[str]) -> list[ForeignKey]:
    """List what all parts of a table refer to, which not every database declares of the whole."""
    first, *others = [references_of(there, schema, part) for part in parts] or [[]]
    return [one for one in first if all(one in other for other in others)]


def told(error: SQLAlchemyError) -> str:
    """Say in a line what a database had to say."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _schemas(there: Inspector, dialect: str) -> list[str | None]:
    if dialect == "sqlite":
        return [None]
    if dialect == "mysql":
        # A schema is a database there, of which the address names one; if it names none, all of them are meant.
        named = [one for one in there.get_schema_names() if one not in SYSTEM_SCHEMAS]
        return [None] if there.default_schema_name else [*sorted(named)]
    system = {"information_schema", "pg_catalog", "pg_toast"}
    others = [one for one in there.get_schema_names() if one not in system and not one.startswith("pg_")]
    default = there.default_schema_name
    return [None, *sorted(one for one in others if one != default)]


def _materialized(there: Inspector, schema: str | None, dialect: str) -> list[str]:
    return list(there.get_materialized_view_names(schema)) if dialect == "postgresql" else []


def _partitions(connection: Connection, schema: str | None) -> Mapping[str, str]:
    """Find the tables that are parts of others, and of which."""
    if connection.dialect.name == "sqlite":
        tables = kept(connection)
        wholes = [name for name, one in tables.items() if one.virtual]
        shadows = [name for name, one in tables.items() if one.shadow]
        return {name: next(one for one in wholes if name.startswith(f"{one}_")) for name in shadows}
    if connection.dialect.name != "postgresql":
        return {}
    return {row.part: row.whole for row in connection.execute(_PARTITIONS, {"schema": schema})}
