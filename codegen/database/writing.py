"""Which tables can be written to, by which fields, and why others cannot."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import types

from codegen.database.catalogue import Column
from codegen.database.foreign import Derived, ForeignEntity, ForeignField
from codegen.database.keys import KeyKind

KEYS: Final = (KeyKind.INTEGER, KeyKind.TEXT, KeyKind.UUID)
PLAIN: Final = {"int": "BigInteger()", "bool": "Boolean()", "float": "Double()", "UUID": "Uuid()", "date": "Date()"}


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field that commands take, and the column that it is written to."""

    field: ForeignField
    column: Column
    type: str
    target: str | None
    is_key: bool

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
    keys = {one.type: one.key.kind for one in derived.entities}
    for entity in derived.entities:
        reason = _reason(entity)
        if reason is None:
            entity.written = list(_written(entity, keys, sqlite=sqlite))
            there = {one.column.name for one in entity.written}
            there |= set(entity.key.columns) if _is_numbered(entity, sqlite=sqlite) else set()
            missing = [one.name for one in entity.table.columns.values() if _is_needed(one) and one.name not in there]
            if missing:
                reason, entity.written = f"a row needs {', '.join(missing)}, which cannot be written here", []
            elif not entity.written:
                reason = "it has no column that can be written here"
        if reason is not None:
            derived.notes.append(f"{entity.table.label} is only read: {reason}.")
            continue
        taken = {one.column.name for one in entity.written} | set(entity.key.columns)
        left = [one.name for one in entity.table.columns.values() if one.name not in taken and not one.generated]
        derived.notes.extend(f"{entity.table.label}.{one} is only read: its type is not written here." for one in left)


def _reason(entity: ForeignEntity) -> str | None:
    if entity.table.is_view:
        return "it is a view"
    if entity.key.kind not in KEYS or entity.key.columns != entity.table.key:
        return "its rows are not known by a primary key of one column with a number, a short text or a UUID"
    return None


def _is_needed(column: Column) -> bool:
    return not (column.nullable or column.filled or column.generated)


def _is_numbered(entity: ForeignEntity, *, sqlite: bool) -> bool:
    """Tell whether SQLite numbers the rows by their key, which it does where that is declared as just INTEGER."""
    (key,) = entity.key.columns
    return sqlite and type(entity.table.columns[key].type) is types.INTEGER


def _written(entity: ForeignEntity, keys: dict[str, KeyKind], *, sqlite: bool) -> Iterator[WrittenField]:
    referring: dict[str, ForeignField] = {}
    for one in entity.fields:
        if one.references and len(one.columns) == 1 and keys[one.references] in KEYS:
            referring.setdefault(one.columns[0], one)
    for field in entity.fields:
        if field.references or len(field.columns) != 1:
            continue
        column = entity.table.columns[field.columns[0]]
        is_key = column.name in entity.key.columns
        if column.generated or (is_key and (column.filled or _is_numbered(entity, sqlite=sqlite))):
            continue
        reference = referring.get(column.name)
        if reference is not None and reference.references:
            yield WrittenField(reference, column, keys[reference.references].value, reference.references, is_key)
        elif (kind := _type(field, column, sqlite=sqlite)) is not None:
            yield WrittenField(field, column, kind, None, is_key)


def _type(field: ForeignField, column: Column, *, sqlite: bool) -> str | None:
    """Write the type that a value is written by, where one writes it exactly."""
    kind = column.type
    match field.python:
        case "int" | "bool" | "float" | "UUID" | "date":
            return PLAIN[field.python]
        case "datetime" if "unixepoch" not in field.expression:
            return "UtcDateTime()"
        case "Decimal" if isinstance(kind, types.Numeric):
            places = field.places
            return "DecimalText()" if sqlite else f"ExactDecimal(18, {places})"
        case "str" if isinstance(kind, types.String) and not isinstance(kind, types.Enum):
            return "Text()"
        case name if field.values and not isinstance(kind, types.Enum):
            return f"EnumText({name})"
        case _:
            return None
