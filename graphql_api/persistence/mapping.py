"""Which table stores which entity, checked when the application is composed."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Table
from sqlalchemy.schema import sort_tables

from domain.kernel.entity import Entity, EntityDescription, ForeignEntity, Members, members_of
from domain.kernel.model import DomainModel
from domain.kernel.selection import Selection
from domain.kernel.specification import Operand
from graphql_api.persistence.indexes import leading_columns


class Mapped(NamedTuple):
    """An entity with its table, its members, and the selection of all of them.

    `stored` is how rows of a table that others made are written, where they may be; `indexed` are the fields whose
    columns an index begins with.
    """

    entity: EntityDescription
    table: Table
    members: Members
    everything: Selection
    stored: Any | None
    indexed: frozenset[Operand]


class EntityTables:
    """The entities of a model with their tables. A table must have a column for each described field."""

    def __init__(
        self,
        model: DomainModel,
        tables: Iterable[Mapping[type[Entity], Table]],
        stored: Iterable[Mapping[type[Entity], Any]] = (),
    ) -> None:
        """Check the tables. Raises ValueError naming every entity without a table and every field without a column."""
        self.model = model
        self._tables = MappingProxyType({entity.__name__: table for part in tables for entity, table in part.items()})
        if faults := [fault for description in model for fault in self._faults(description)]:
            raise ValueError("The tables do not fit the entities: " + "; ".join(faults))
        self._stored = {entity.__name__: one for part in stored for entity, one in part.items()}
        self.mapped: Mapping[str, Mapped] = MappingProxyType({one.name: self._mapped(one) for one in model})

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    @cached_property
    def names_by_dependency(self) -> tuple[str, ...]:
        """The names of the entities, each after those that its rows refer to."""
        names = {table: name for name, table in self._tables.items()}
        # Of tables that others made there are only expressions, and nobody knows the order.
        ours = {table: name for table, name in names.items() if name not in self.foreign}
        return (*[ours[table] for table in sort_tables(ours)], *sorted(self.foreign))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The names of the entities in tables that others made."""
        return frozenset(one.name for one in self.model if issubclass(one.entity, ForeignEntity))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each entity in that order."""
        return {name: place for place, name in enumerate(self.names_by_dependency)}

    def _mapped(self, entity: EntityDescription) -> Mapped:
        name, everything = entity.name, Selection(tuple(entity.fields))
        indexed = frozenset(map(attrgetter("key"), leading_columns(self[name])))
        return Mapped(entity, self[name], members_of(entity.entity), everything, self._stored.get(name), indexed)

    def _faults(self, description: EntityDescription) -> list[str]:
        table = self._tables.get(description.name)
        if table is None:
            return [f"{description.name} has no table"]
        return [
            f"{table.name} has no column {field} for {description.name}.{field}"
            for field in description.fields
            if field not in table.columns
        ]
