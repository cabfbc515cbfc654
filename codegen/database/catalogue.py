"""What a database says of itself: its tables and views, their columns, keys and references."""

import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, text, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.types import TypeEngine

from codegen.database.mysql_catalogue import SYSTEM_SCHEMAS, Declaration, checks_of, declarations, meant_type

_LOOSELY = re.IGNORECASE | re.DOTALL
_IN_A_LIST = re.compile(
    r"\s*\(*[\"'`\[]?(?P<column>[^\"'`\]()\s]+)[\"'`\]]?\)*(?:::\w+)?\s+IN\s*\((?P<values>.*)\)\s*\)*",
    _LOOSELY,
)
_ANY_OF = re.compile(
    r"\(*\"?(?P<column>[^\"()\s]+)\"?\)*(?:::[\w ]+)?\s*=\s*ANY\s*\(\(?ARRAY\[(?P<values>.*)\]",
    _LOOSELY,
)
_PARTITIONS = text(
    """
    SELECT part.relname AS part, whole.relname AS whole FROM pg_inherits
    JOIN pg_class part ON part.oid = inhrelid JOIN pg_class whole ON whole.oid = inhparent
    JOIN pg_namespace ON pg_namespace.oid = part.relnamespace
    WHERE part.relispartition AND part.relkind IN ('r', 'p') AND nspname = coalesce(:schema, current_schema())
    ORDER BY 1
    """
)
_DECLARED = text("SELECT name, type FROM pragma_table_xinfo(:name)")
_SWITCHES = frozenset({"bit", "bool", "tinyint(1)", "yesno", "logical"})
_TEXT = re.compile(r"'((?:[^']|'')*)'(?:::[\w ]+(?:\(\d+\))?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as it was declared."""

    name: str
    type: TypeEngine[Any]
    nullable: bool
    comment: str | None
    values: tuple[str, ...] = ()
    declared: Declaration | None = None
    """What MySQL and MariaDB tell beyond the type."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that hold the key of another table's row."""

    columns: tuple[str, ...]
    schema: str | None
    table: str
    referred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a view."""

    schema: str | None
    name: str
    is_view: bool
    comment: str | None
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    uniques: Sequence[tuple[str, ...]]
    foreign_keys: Sequence[ForeignKey]

    @property
    def place(self) -> tuple[str | None, str]:
        """Where it is."""
        return self.schema, self.name

    @property
    def label(self) -> str:
        """How it is called in a message."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


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
                found.append(_table(there, schema, name, is_view))
            except SQLAlchemyError as error:
                notes.append(f"{name} is left out: it cannot be read: {told(error)}.")
    return found, notes


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
    if connection.dialect.name != "postgresql":
        return {}
    return {row.part: row.whole for row in connection.execute(_PARTITIONS, {"schema": schema})}


def _columns(there: Inspector, schema: str | None, name: str, checks: Sequence[str]) -> Iterator[Column]:
    with warnings.catch_warnings():
        # Of types that SQLAlchemy does not know; their columns are served as text, and the owner is told.
        warnings.simplefilter("ignore", SAWarning)
        columns = there.get_columns(name, schema)
    switches, values = _switches(there, name), _checked_values(checks)
    declared = _declared(there, schema, name)
    for one in columns:
        kind: Any = types.Boolean() if one["name"] in switches else one["type"]
        nullable = bool(one.get("nullable", True))
        while isinstance(kind, postgresql.DOMAIN):
            kind, nullable = kind.data_type, nullable and not kind.not_null
        if declared:
            kind = meant_type(kind, one["name"], checks)
        comment, listed = one.get("comment"), values.get(one["name"], ())
        yield Column(one["name"], kind, nullable, comment, listed, declared.get(one["name"]))


def _declared(there: Inspector, schema: str | None, name: str) -> Mapping[str, Declaration]:
    connection: Any = there.bind
    return declarations(connection, schema, name) if there.dialect.name == "mysql" else {}


def _switches(there: Inspector, name: str) -> Collection[str]:
    """Find the columns whose declared types mean yes or no, of which SQLAlchemy knows only that they are numbers."""
    if there.dialect.name != "sqlite":
        return ()
    connection: Any = there.bind
    return {row.name for row in connection.execute(_DECLARED, {"name": name}) if row.type.lower() in _SWITCHES}


def _table(there: Inspector, schema: str | None, name: str, is_view: bool) -> Table:
    checks = [] if is_view else _checks(there, schema, name)
    columns = {one.name: one for one in _columns(there, schema, name, checks)}
    if is_view:
        return Table(schema, name, True, _comment(there, schema, name), columns, (), (), ())
    key = tuple(there.get_pk_constraint(name, schema).get("constrained_columns") or ())
    uniques = [tuple(one["column_names"]) for one in there.get_unique_constraints(name, schema)]
    uniques += [
        tuple(str(column) for column in one["column_names"])
        for one in there.get_indexes(name, schema)
        if one.get("unique")
        and all(one["column_names"])
        and not one.get("dialect_options", {}).get("postgresql_where")
        and not one.get("dialect_options", {}).get("sqlite_where")
    ]
    references = [
        ForeignKey(
            tuple(one["constrained_columns"]),
            one["referred_schema"],
            one["referred_table"],
            tuple(one["referred_columns"]),
        )
        for one in there.get_foreign_keys(name, schema)
    ]
    return Table(schema, name, False, _comment(there, schema, name), columns, key, uniques, references)


def _comment(there: Inspector, schema: str | None, name: str) -> str | None:
    try:
        return there.get_table_comment(name, schema).get("text")
    except NotImplementedError:  # of SQLite, which has none
        return None


def _checks(there: Inspector, schema: str | None, name: str) -> Sequence[str]:
    if there.dialect.name == "mysql":
        return checks_of(there, schema, name)
    return [str(one["sqltext"]) for one in there.get_check_constraints(name, schema)]


def _checked_values(checks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Find the columns whose checks list the texts that they may hold."""
    found: dict[str, tuple[str, ...]] = {}
    for check in checks:
        text = check.strip()
        match = _IN_A_LIST.fullmatch(text) or _ANY_OF.match(text)
        if match is None:
            continue
        values = [one.replace("''", "'") for one in _TEXT.findall(match["values"])]
        rest = _TEXT.sub("", match["values"])
        if values and not rest.strip(", \n\t()"):
            found[match["column"]] = tuple(values)
    return found
