"""What is declared of a table: its columns, its keys, and what it refers to."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import SAWarning

from codegen.database.catalogue import Column, ForeignKey, Table
from codegen.database.demands import NONE, Demands, demands_of
from codegen.database.mysql_catalogue import checks_of, declarations, meant_type
from codegen.database.postgresql_catalogue import Spelling, sized, spellings
from codegen.database.sqlite_catalogue import SWITCHES, declared_types, kept, sqlite_checks


def table_of(there: Inspector, schema: str | None, name: str, is_view: bool) -> Table:
    """Read what is declared of a table or a view. Raises SQLAlchemyError."""
    with warnings.catch_warnings():
        # Of types that SQLAlchemy does not know, whose columns are served as text, and of indexes over expressions.
        warnings.simplefilter("ignore", SAWarning)
        return _table_of(there, schema, name, is_view)


def _table_of(there: Inspector, schema: str | None, name: str, is_view: bool) -> Table:
    checks = [] if is_view else _checks(there, schema, name)
    comment = _comment(there, schema, name)
    key = () if is_view else tuple(there.get_pk_constraint(name, schema).get("constrained_columns") or ())
    columns = {one.name: one for one in _columns(there, schema, name, key, checks)}
    if is_view:
        return Table(schema, name, True, comment, columns, (), (), ())
    uniques = [tuple(one["column_names"]) for one in there.get_unique_constraints(name, schema)]
    uniques += [
        tuple(str(column) for column in one["column_names"])
        for one in there.get_indexes(name, schema)
        if one.get("unique") and all(one["column_names"]) and _is_whole(one)
    ]
    references = references_of(there, schema, name)
    rules = _named_checks(there, schema, name), _named_keys(there, schema, name)
    writable = not (_is_sqlite(there) and kept(_connection(there))[name].virtual)
    return Table(schema, name, False, comment, columns, key, uniques, references, *rules, writable)


def references_of(there: Inspector, schema: str | None, name: str) -> list[ForeignKey]:
    """List what a table refers to."""
    return [
        ForeignKey(
            tuple(one["constrained_columns"]),
            one["referred_schema"],
            one["referred_table"],
            tuple(one["referred_columns"]),
        )
        for one in there.get_foreign_keys(name, schema)
    ]


def _columns(
    there: Inspector, schema: str | None, name: str, key: tuple[str, ...], checks: Sequence[str]
) -> Iterator[Column]:
    demands, connection = demands_of(checks), _connection(there)
    declared = declarations(connection, schema, name) if there.dialect.name == "mysql" else {}
    spelled = spellings(connection, schema, name) if there.dialect.name == "postgresql" else {}
    typed = declared_types(connection, name) if _is_sqlite(there) else {}
    for one in there.get_columns(name, schema):
        kind: Any = types.Boolean() if typed.get(one["name"]) in SWITCHES else one["type"]
        nullable = bool(one.get("nullable", True))
        while isinstance(kind, postgresql.DOMAIN):
            kind, nullable = kind.data_type, nullable and not kind.not_null
        spelling = spelled.get(one["name"])
        if declared:
            kind = meant_type(kind, one["name"], checks)
        if spelling is not None:
            kind = sized(kind, spelling)
        counted = _is_counted(there, name, one, key == (one["name"],) and typed.get(one["name"]) == "integer")
        filled = counted or one.get("default") is not None or (spelling is not None and spelling.filled)
        yield Column(
            one["name"],
            kind,
            nullable,
            one.get("comment"),
            _demands(one["name"], demands, spelling),
            declared.get(one["name"]),
            # What is searched for is mostly made of other columns, by a trigger.
            filled or isinstance(kind, postgresql.TSVECTOR),
            "computed" in one or bool(one.get("identity", {}).get("always")),
            counted,
            None if spelling is None else spelling.type,
            spelling is None or spelling.readable,
        )


def _demands(column: str, demands: Mapping[str, Demands], spelling: Spelling | None) -> Demands:
    own = demands.get(column) or demands.get(column.lower(), NONE)
    of_domains = demands_of(spelling.conditions if spelling else ())
    return next(iter(of_domains.values()), NONE).and_also(own)


def _is_counted(there: Inspector, table: str, column: Any, is_row_number: bool) -> bool:
    """Tell whether the database counts a column up, as SQLite does with what it numbers rows by."""
    if _is_sqlite(there):
        return is_row_number and not kept(_connection(there))[table].unnumbered
    counted = "identity" in column or column.get("autoincrement") is True
    return counted or "nextval(" in str(column.get("default"))


def _is_sqlite(there: Inspector) -> bool:
    return there.dialect.name == "sqlite"


def _connection(there: Inspector) -> Connection:
    connection: Any = there.bind
    return connection  # type: ignore[no-any-return]  # which it was made of


def _comment(there: Inspector, schema: str | None, name: str) -> str | None:
    try:
        return there.get_table_comment(name, schema).get("text")
    except NotImplementedError:  # of SQLite, which has none
        return None


def _named_checks(there: Inspector, schema: str | None, name: str) -> Sequence[tuple[str, str]]:
    if there.dialect.name == "mysql":
        return ()
    if _is_sqlite(there):
        return [(called, condition) for called, condition in sqlite_checks(_connection(there), name) if called]
    return [(one["name"], str(one["sqltext"])) for one in there.get_check_constraints(name, schema) if one["name"]]


def _named_keys(there: Inspector, schema: str | None, name: str) -> Sequence[tuple[str, tuple[str, ...]]]:
    key = there.get_pk_constraint(name, schema)
    found = [(key.get("name"), key.get("constrained_columns") or ())]
    found += [(one["name"], one["column_names"]) for one in there.get_unique_constraints(name, schema)]
    return [(str(called), tuple(columns)) for called, columns in found if called and columns]


def _checks(there: Inspector, schema: str | None, name: str) -> Sequence[str]:
    if there.dialect.name == "mysql":
        return checks_of(there, schema, name)
    if _is_sqlite(there):
        return [condition for _, condition in sqlite_checks(_connection(there), name)]
    return [str(one["sqltext"]) for one in there.get_check_constraints(name, schema)]


def _is_whole(index: Mapping[str, Any]) -> bool:
    """Tell whether an index is about every row, and not about those that satisfy a condition."""
    options = index.get("dialect_options", {})
    # What SQLAlchemy gives for a condition has no truth of its own.
    return all(options.get(f"{dialect}_where") is None for dialect in ("postgresql", "sqlite"))
