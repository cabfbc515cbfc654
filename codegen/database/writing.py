"""Which tables can be written to, by which fields, and why others cannot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import types
from sqlalchemy.dialects import postgresql

from codegen.database.catalogue import Column
from codegen.database.foreign import Derived, ForeignEntity, ForeignField
from codegen.database.keys import KeyKind

PLAIN: Final[Mapping[str, str]] = {
    "int": "BigInteger()",
    "bool": "Boolean()",
    "float": "Double()",
    "UUID": "Uuid()",
    "date": "Date()",
}


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field, and the column that it is written to; `is_given` tells whether commands take it."""

    field: ForeignField
    column: Column
    type: str
    is_key: bool
    is_given: bool

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.field.name

    @property
    def nullable(self) -> bool:
        """Whether it may be set to nothing."""
        return self.column.nullable and not self.is_key

    @property
    def optional(self) -> bool:
        """Whether a new row can do without it."""
        return self.nullable or self.column.filled


def allow_writing(derived: Derived, *, sqlite: bool) -> None:
    """Find the tables that can be written to, and note why others cannot."""
    derived.writes = True
    for entity in derived.entities:
        stored = list(_stored(entity, sqlite=sqlite))
        reason = _reason(entity, {one.column.name for one in stored})
        if reason is not None:
            derived.notes.append(f"{entity.table.label} is only read: {reason}.")
            continue
        if not any(one.is_given for one in stored):
            derived.notes.append(f"{entity.table.label} is only read: it has no column that can be written here.")
            continue
        entity.stored = stored
        there = {one.column.name for one in stored}
        left = [one.name for one in entity.table.columns.values() if one.name not in there and not one.generated]
        derived.notes.extend(f"{entity.table.label}.{one} is only read: its type is not written here." for one in left)


def _reason(entity: ForeignEntity, there: set[str]) -> str | None:
    table = entity.table
    if table.is_view:
        return "it is a view"
    if not table.is_writable:
        return "it keeps no rows of its own"
    if entity.key.kind is not KeyKind.ROWID and entity.key.columns not in {table.key, *table.uniques}:
        return "it has no key that its rows would always be known by"
    needed = {one.name for one in table.columns.values() if not (one.nullable or one.filled or one.generated)}
    missing = [one for one in table.columns if one in needed | {*entity.key.columns} and one not in there]
    return f"a row needs {', '.join(missing)}, which cannot be written here" if missing else None


def _stored(entity: ForeignEntity, *, sqlite: bool) -> Iterator[WrittenField]:
    for field in entity.fields:
        if field.references or len(field.columns) != 1:
            continue
        column = entity.table.columns[field.columns[0]]
        is_key = column.name in entity.key.columns
        is_given = not (column.generated or (is_key and column.counted))
        kind = _sqlite_type(field) if sqlite else _postgresql_type(field, column)
        if kind is not None and (is_given or is_key):
            yield WrittenField(field, column, kind, is_key, is_given)


def _sqlite_type(field: ForeignField) -> str | None:
    """Write the type that SQLite takes a value by, where one writes it exactly."""
    match field.python:
        case "datetime" if "unixepoch" in field.expression:
            return None
        case "datetime":
            return "UtcDateTime()"
        case "Decimal":
            return "DecimalText()"
        case "Json":
            return "JsonText()"
        case "str":
            return "Text()"
        case name if field.values:
            return f"EnumText({name})"
        case name:
            return PLAIN.get(name)


def _postgresql_type(field: ForeignField, column: Column) -> str | None:
    """Write the type that PostgreSQL takes a value by: from its text, where it is a type that only it knows."""
    text = "Text()"
    match field.python:
        case "datetime":
            return "UtcDateTime()"
        case "Decimal":
            return f"ExactDecimal(18, {field.places})"
        case name if name in PLAIN:
            return PLAIN[name]
        case "Json":
            text = "ArrayText()" if isinstance(column.type, postgresql.ARRAY) else "JsonText()"
        case name if field.values:
            text = f"EnumText({name})"
        case _:
            pass
    if isinstance(column.type, types.String) and not isinstance(column.type, types.Enum):
        return text
    return None if column.spelling is None else f"Spelled({column.spelling!r}, {text})"
