"""How an entity is stored, and the migration from one way to another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from codegen.blueprint import EntityBlueprint
from codegen.fields import FieldBlueprint

_DECIMAL: Final = re.compile(r"ExactDecimal\((\d+), (\d+)\)")


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column; `fill` is what rows get that are there before it, where they need something."""

    name: str
    type: str
    nullable: bool
    unique: bool = False
    indexed: bool = False
    target: str | None = None
    fill: str | None = None

    @property
    def declared(self) -> str:
        """Write it as a migration adds it: rows that are there are filled afterwards."""
        nullable = self.nullable or self.fill is not None
        return f'sa.Column("{self.name}", {self.type}, nullable={nullable})'


@dataclass(frozen=True, slots=True)
class StoredTable:
    """The table of an entity, but for the columns that all entities have."""

    name: str
    columns: Sequence[StoredColumn]

    @classmethod
    def of(cls, entity: EntityBlueprint) -> "StoredTable":
        """Tell how an entity is stored."""
        return cls(entity.plural, tuple(_column(one, one in entity.indexed) for one in entity.fields))

    def without(self, absent: frozenset[str]) -> "StoredTable":
        """Leave out the foreign keys to tables that are not there yet."""
        columns = [replace(one, target=None) if one.target in absent else one for one in self.columns]
        return StoredTable(self.name, tuple(columns))

    def by_name(self) -> dict[str, StoredColumn]:
        """Find columns by their names."""
        return {one.name: one for one in self.columns}


def _column(field: FieldBlueprint, indexed: bool) -> StoredColumn:
    target = None if field.target is None else field.target.table
    fill = repr(field.members[0].value) if field.members else field.samples[0].python
    # No two rows may have one value, and nobody knows what a reference could lead to.
    fillable = field.required and not field.unique and target is None
    return StoredColumn(
        field.name, field.migrated, field.nullable, field.unique, indexed, target, fill if fillable else None
    )


def steps(old: StoredTable, new: StoredTable) -> dict[str, Any]:
    """List the statements that turn one table into the other: those before rows are filled, and those after."""
    before, after = old.by_name(), new.by_name()
    added = [one for name, one in after.items() if name not in before]
    pairs = [(before[name], one) for name, one in after.items() if name in before and before[name] != one]
    gone = [one for name, one in before.items() if name not in after]
    return {
        "first": [
            *(line for one in gone for line in _released(new.name, one, None)),
            *(line for one, other in pairs for line in _released(new.name, one, other)),
            *(f'drop_column("{one.name}")' for one in gone),
            *(f"add_column({one.declared})" for one in added),
        ],
        "filled": [
            *(one for one in added if one.fill is not None),
            *(other for one, other in pairs if one.nullable and other.fill is not None),
        ],
        "last": [
            *(f'alter_column("{one.name}", existing_type={one.type}, nullable=False)' for one in added if one.fill),
            *(line for pair in pairs for line in _altered(*pair)),
            *(line for one in added for line in _bound(new.name, None, one)),
            *(line for pair in pairs for line in _bound(new.name, *pair)),
        ],
    }


def losses(old: StoredTable, new: StoredTable) -> Iterator[str]:
    """Find the columns whose values could not be kept."""
    before = old.by_name()
    for one in new.columns:
        last = before.get(one.name, one)
        if one.type != last.type and not _widened(last.type, one.type):
            yield (
                f"{new.name}.{one.name}: what is stored as {last.type} cannot be kept as {one.type}; "
                "choose another name, or take the field out, update, and add it again."
            )


def consequences(old: StoredTable | None, new: StoredTable | None) -> Iterator[str]:
    """Tell what a migration does to the rows that are there, and cannot undo."""
    if old is None:
        return
    if new is None:
        yield f"drops {old.name}, with all that it holds"
        return
    before, after = old.by_name(), new.by_name()
    yield from (f"drops {new.name}.{name}, with what it holds" for name in before if name not in after)
    for one in steps(old, new)["filled"]:
        yield f"sets {new.name}.{one.name} to {one.fill} in rows that are there and have none"


def _widened(old: str, new: str) -> bool:
    """Tell whether a decimal has as many places and no less digits."""
    found = [_DECIMAL.fullmatch(one) for one in (old, new)]
    digits = [(int(one[1]), one[2]) for one in found if one]
    return len(digits) == len(found) and digits[0][1] == digits[1][1] and digits[0][0] <= digits[1][0]


def _altered(old: StoredColumn, new: StoredColumn) -> Iterator[str]:
    changed = f", type_={new.type}" if old.type != new.type else ""
    if changed or old.nullable != new.nullable:
        yield f'alter_column("{new.name}", existing_type={old.type}{changed}, nullable={new.nullable})'


def _released(table: str, old: StoredColumn, new: StoredColumn | None) -> Iterator[str]:
    if old.indexed and not (new and new.indexed):
        yield f'drop_index(op.f("{table}_{old.name}_id_idx"))'
    if old.unique and not (new and new.unique):
        yield f'drop_constraint(op.f("{table}_{old.name}_key"), type_="unique")'
    if old.target and (new is None or new.target != old.target):
        yield f'drop_constraint(op.f("{table}_{old.name}_fkey"), type_="foreignkey")'


def _bound(table: str, old: StoredColumn | None, new: StoredColumn) -> Iterator[str]:
    if new.target and (old is None or old.target != new.target):
        yield f'create_foreign_key(op.f("{table}_{new.name}_fkey"), "{new.target}", ["{new.name}"], ["id"])'
    if new.unique and not (old and old.unique):
        yield f'create_unique_constraint(op.f("{table}_{new.name}_key"), ["{new.name}"])'
    if new.indexed and not (old and old.indexed):
        yield f'create_index(op.f("{table}_{new.name}_id_idx"), ["{new.name}", "id"], unique=False)'
