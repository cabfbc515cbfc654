"""What a database says of itself: its tables and views, their columns, keys and references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.types import TypeEngine

from codegen.database.demands import NONE, Demands
from codegen.database.mysql_catalogue import Declaration


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as it was declared."""

    name: str
    type: TypeEngine[Any]
    nullable: bool
    comment: str | None
    demands: Demands = NONE
    declared: Declaration | None = None
    """What MySQL and MariaDB tell beyond the type."""
    filled: bool = False
    """Whether the database fills it in where nothing is given."""
    generated: bool = False
    """Whether nobody but the database may fill it in."""
    counted: bool = False
    """Whether the database counts it up."""
    spelling: str | None = None
    """What PostgreSQL calls its type."""
    readable: bool = True
    """Whether whoever asks may read it."""


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
    checks: Sequence[tuple[str, str]] = ()
    """The conditions that have names."""
    named_keys: Sequence[tuple[str, tuple[str, ...]]] = ()
    """The keys that have names."""
    is_writable: bool = True
    """Whether it keeps rows that others may write."""

    @property
    def place(self) -> tuple[str | None, str]:
        """Where it is."""
        return self.schema, self.name

    @property
    def label(self) -> str:
        """How it is called in a message."""
        return f"{self.schema}.{self.name}" if self.schema else self.name
