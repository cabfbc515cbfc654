"""Entities that a unit of work knows, with their values as they are stored."""

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from domain.kernel.entity import Entity, Members
from domain.kernel.row_change import RowChange
from graphql_api.persistence.writing import NewRows

E = TypeVar("E", bound=Entity)

Values: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Known(Generic[E]):
    """An entity with its values as they are stored."""

    entity: E
    members: Members
    values: Values

    @property
    def version(self) -> int:
        """The version that is stored."""
        stored: int = self.values[self.members.names.index("version")]
        return stored

    @property
    def is_changed(self) -> bool:
        """Tell whether it is stored otherwise."""
        return self.members.of_entity(self.entity) != self.values

    def changes(self) -> dict[str, Any]:
        """Give the values that are stored otherwise."""
        current = self.members.of_entity(self.entity)
        changes = zip(self.members.names, self.values, current, strict=True)
        return {name: value for name, stored, value in changes if value != stored}

    def keep(self) -> None:
        """Take the values as they are for stored."""
        self.values = self.members.of_entity(self.entity)


class Note(NamedTuple):
    """A new entity, by its name, that is stored beside the changes, and neither read nor changed any more."""

    entity: str
    row: NewRows

    @property
    def change(self) -> RowChange:
        """What is done to the row."""
        return RowChange(self.entity, after=dict(zip(self.row.columns, *self.row.rows, strict=True)))
