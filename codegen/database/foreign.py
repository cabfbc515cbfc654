"""What is made of tables that others made: entities, fields and relations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.database.catalogue import Table
from codegen.database.keys import Key
from codegen.named import Named
from codegen.naming import camel, hides_a_type, pascal

if TYPE_CHECKING:
    from codegen.database.writing import WrittenField


@dataclass(frozen=True, slots=True)
class ForeignField:
    """A field of an entity, and the expression that it is read by."""

    name: str
    alias: str
    python: str
    nullable: bool
    description: str
    expression: str
    references: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    indexed: str | None = None
    """The column itself, which an index may have, if the expression is another."""
    columns: tuple[str, ...] = ()
    """What it is made of."""
    places: int = 0
    rules: tuple[str, ...] = ()
    """What the database demands of its values."""

    @property
    def api_name(self) -> str:
        """The name in the API."""
        return camel(self.name)


@dataclass(frozen=True, slots=True)
class ForeignRelation:
    """A relation of an entity, to one or to many."""

    name: str
    target: str
    via: str
    description: str
    many: bool = False
    nullable: bool = False
    through: str | None = None
    onward: str | None = None


@dataclass(slots=True)
class ForeignEntity(Named):
    """An entity over a table or a view."""

    table: Table
    key: Key
    name: str
    plural: str
    description: str
    fields: list[ForeignField] = field(default_factory=list)
    relations: list[ForeignRelation] = field(default_factory=list)
    stored: list["WrittenField"] = field(default_factory=list)
    """What is written to, and the key, where there are commands."""
    cache: None = None
    """Nothing is kept of what others change."""

    @property
    def shown(self) -> list[ForeignField]:
        """The fields that the API shows: references are shown as relations."""
        return [one for one in self.fields if one.references is None]

    @property
    def written(self) -> list["WrittenField"]:
        """What commands take."""
        return [one for one in self.stored if one.is_given]

    @property
    def changeable(self) -> list["WrittenField"]:
        """What a command may change of a row."""
        return [one for one in self.written if not one.is_key]

    @property
    def stored_identity(self) -> str:
        """Write the identity of a row of the table that is written to."""
        names = {one.column.name: one.name for one in self.stored}
        return self.key.over([f"there.c.{names[one]}" for one in self.key.columns])

    @property
    def named_keys(self) -> list[tuple[str, list[str]]]:
        """The keys that have names, of columns that are written, by the names of their fields."""
        names = {one.column.name: one.name for one in self.stored}
        return [
            (name, [names[one] for one in columns])
            for name, columns in self.table.named_keys
            if names.keys() >= {*columns}
        ]

    @property
    def enumerations(self) -> list[ForeignField]:
        """The fields that have one of a few values."""
        return [one for one in self.fields if one.values]

    @property
    def indexed(self) -> list[ForeignField]:
        """The fields whose expressions no index has, though one may have their columns."""
        return [one for one in self.fields if one.indexed is not None]

    @property
    def shadows(self) -> list[tuple[str, str]]:
        """The types that a field of the same name would hide in the class of the API, by other names."""
        hiding = {one.name for one in self.shown if hides_a_type(one.name)}
        return [
            (f"{pascal(one)}Type", one) for one in ("date", "datetime", "str", "int", "bool", "float") if one in hiding
        ]

    def shown_type(self, wanted: ForeignField) -> str:
        """Write the type of a field in the class of the API."""
        kind = {name: alias for alias, name in self.shadows}.get(wanted.python, wanted.python)
        return f"{kind} | None" if wanted.nullable else kind

    def taken(self) -> set[str]:
        """List the names of its members, as the API spells them."""
        return {"id", *(camel(one.name) for one in self.fields), *(camel(one.name) for one in self.relations)}


@dataclass(slots=True)
class Derived:
    """What came of a database."""

    entities: list[ForeignEntity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    writes: bool = False
    """Whether there are commands."""


def modules(relations: Iterable[ForeignRelation], entity: ForeignEntity) -> list[tuple[str, str]]:
    """List the types of the API that relations lead to, with their modules."""
    return sorted({(pascal(one.target), one.target) for one in relations if one.target != entity.name})
