"""What SQLite tells of its tables, which SQLAlchemy does not ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from codegen.database.sql_tokens import Token, Unreadable, tokens

_DECLARED: Final = text("SELECT name, type FROM pragma_table_xinfo(:name)")
_TABLES: Final = text("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'")
_MADE_BY: Final = text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name")
SWITCHES: Final = frozenset({"bit", "bool", "tinyint(1)", "yesno", "logical"})
"""What means yes or no, of which SQLAlchemy knows only that it is a number."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How the rows of a table are kept: by a module, by one as parts of another table, without numbers of their own."""

    virtual: bool
    shadow: bool
    unnumbered: bool


def kept(connection: Connection) -> Mapping[str, Kept]:
    """Tell how the rows of each table are kept, by its name."""
    rows = connection.execute(_TABLES)
    return {row.name: Kept(row.type == "virtual", row.type == "shadow", bool(row.wr)) for row in rows}


def declared_types(connection: Connection, name: str) -> Mapping[str, str]:
    """Tell the types of a table's columns as they were declared, in lower case."""
    return {row.name: row.type.lower() for row in connection.execute(_DECLARED, {"name": name})}


def sqlite_checks(connection: Connection, name: str) -> Sequence[tuple[str | None, str]]:
    """List the conditions of a table with their names, where they have some."""
    statement = connection.scalar(_MADE_BY, {"name": name}) or ""
    try:
        return [*_checks_in(statement, [*tokens(statement)])]
    except Unreadable:
        return []


def _checks_in(statement: str, found: Sequence[Token]) -> Iterator[tuple[str | None, str]]:
    for place, token in enumerate(found[:-1]):
        if token.kind == "word" and token.value.lower() == "check" and found[place + 1].value == "(":
            before = found[max(place - 2, 0) : place]
            named = len(before) == 2 and before[0].kind == "word" and before[0].value.lower() == "constraint"
            end = _closing(found, place + 1)
            yield before[1].value if named else None, statement[found[place + 1].end : found[end].start].strip()


def _closing(found: Sequence[Token], opening: int) -> int:
    """Find what closes a parenthesis. Raises Unreadable."""
    depth = 0
    for place, token in enumerate(found[opening:], opening):
        depth += (token.value == "(") - (token.value == ")") if token.kind == "mark" else 0
        if not depth:
            return place
    raise Unreadable(found[opening].value)
