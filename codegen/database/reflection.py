"""What is declared of a table: its columns, its keys, and what it refers to."""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import SAWarning

from codegen.database.catalogue import Column, ForeignKey, Table
from codegen.database.listed_values import listed_values
from codegen.database.mysql_catalogue import Declaration, checks_of, declarations, meant_type

_DECLARED = text("SELECT name, type FROM pragma_table_xinfo(:name)")
_SWITCHES = frozenset({"bit", "bool", "tinyint(1)", "yesno", "logical"})


def table_of(there: Inspector, schema: str | None, name: str, is_view: bool) -> Table:
    """Read what is declared of a table or a view. Raises SQLAlchemyError."""
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
    comment = _comment(there, schema, name)
    rules = _named_checks(there, schema, name), _named_keys(there, schema, name)
    return Table(schema, name, False, comment, columns, key, uniques, references, *rules)


def _columns(there: Inspector, schema: str | None, name: str, checks: Sequence[str]) -> Iterator[Column]:
    with warnings.catch_warnings():
        # Of types that SQLAlchemy does not know; their columns are served as text, and the owner is told.
        warnings.simplefilter("ignore", SAWarning)
        columns = there.get_columns(name, schema)
    switches, values = _switches(there, name), listed_values(checks)
    declared = _declared(there, schema, name)
    for one in columns:
        kind: Any = types.Boolean() if one["name"] in switches else one["type"]
        nullable = bool(one.get("nullable", True))
        while isinstance(kind, postgresql.DOMAIN):
            kind, nullable = kind.data_type, nullable and not kind.not_null
        if declared:
            kind = meant_type(kind, one["name"], checks)
        comment, listed = one.get("comment"), values.get(one["name"], ())
        filled = one.get("default") is not None or "identity" in one or one.get("autoincrement") is True
        generated = "computed" in one or bool(one.get("identity", {}).get("always"))
        yield Column(one["name"], kind, nullable, comment, listed, declared.get(one["name"]), filled, generated)


def _declared(there: Inspector, schema: str | None, name: str) -> Mapping[str, Declaration]:
    connection: Any = there.bind
    return declarations(connection, schema, name) if there.dialect.name == "mysql" else {}


def _switches(there: Inspector, name: str) -> Collection[str]:
    """Find the columns whose declared types mean yes or no, of which SQLAlchemy knows only that they are numbers."""
    if there.dialect.name != "sqlite":
        return ()
    connection: Any = there.bind
    return {row.name for row in connection.execute(_DECLARED, {"name": name}) if row.type.lower() in _SWITCHES}


def _comment(there: Inspector, schema: str | None, name: str) -> str | None:
    try:
        return there.get_table_comment(name, schema).get("text")
    except NotImplementedError:  # of SQLite, which has none
        return None


def _named_checks(there: Inspector, schema: str | None, name: str) -> Sequence[tuple[str, str]]:
    if there.dialect.name == "mysql":
        return ()
    return [(one["name"], str(one["sqltext"])) for one in there.get_check_constraints(name, schema) if one["name"]]


def _named_keys(there: Inspector, schema: str | None, name: str) -> Sequence[tuple[str, tuple[str, ...]]]:
    key = there.get_pk_constraint(name, schema)
    found = [(key.get("name"), key.get("constrained_columns") or ())]
    found += [(one["name"], one["column_names"]) for one in there.get_unique_constraints(name, schema)]
    return [(str(called), tuple(columns)) for called, columns in found if called and columns]


def _checks(there: Inspector, schema: str | None, name: str) -> Sequence[str]:
    if there.dialect.name == "mysql":
        return checks_of(there, schema, name)
    return [str(one["sqltext"]) for one in there.get_check_constraints(name, schema)]
