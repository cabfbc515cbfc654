"""Entities in memory while a unit of work lasts: what was read, what is new, what is to go."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.messages import Event
from domain.kernel.records import Row
from domain.kernel.row_change import RowChange
from domain.kernel.validation import validate
from graphql_api.persistence.known import Known
from graphql_api.persistence.mapping import Mapped
from graphql_api.persistence.row_changes import RowChanges
from graphql_api.persistence.writing import NewRows, RowUpdate

E = TypeVar("E", bound=Entity)


class IdentityMap(Generic[E]):
    """The entities of one kind: one identity is one object, and how each is stored is known beside it."""

    def __init__(self, mapped: Mapped, witnessed: bool) -> None:
        """Begin with nothing; where it is `witnessed`, somebody asks afterwards what was done to each row."""
        self._mapped = mapped
        self._new: dict[UUID, E] = {}
        self._known: dict[UUID, Known[E]] = {}
        self._removed: dict[UUID, E] = {}
        self._gone: list[E] = []
        self._expected: dict[UUID, int] = {}
        self._changes = RowChanges(mapped.entity.name, mapped.members) if witnessed else None

    def expect(self, id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        self._expected[id] = version

    def add(self, entity: E) -> None:
        """Take a new entity; one that is known already stays."""
        known = self._known.get(entity.id) if self._known else None
        if known is None or known.entity is not entity:
            self._new[entity.id] = entity
        if self._removed:
            self._removed.pop(entity.id, None)

    def read(self, row: Row) -> E:
        """Give the entity of a row, which is one object however often it comes. Raises Conflict at another version."""
        known = self._known.get(row["id"])
        if known is None:
            version = row.get("version")  # which rows of tables that others made do not have
            if self._expected.get(row["id"], version) != version:
                raise Conflict(self._mapped.entity.name, current_version=version)
            # Beside the fields there may be what the rows were sorted by.
            members = self._mapped.members
            values = members.of_row(row)
            entity: Any = self._mapped.entity.entity(**dict(zip(members.names, values, strict=True)))
            known = self._known[entity.id] = Known(entity, members, values)
        return known.entity

    def remove(self, entity: E) -> None:
        """Have an entity go; one that is SoftDeletable is marked instead."""
        if entity.id not in self._new and entity.id not in self._known:
            if self._changes is not None:
                # It was read elsewhere, and may look otherwise than it is stored.
                self._changes.be_unsure()
            members = self._mapped.members
            self._known[entity.id] = Known(entity, members, members.of_entity(entity))
        if self._mapped.entity.is_soft_deletable:
            entity.deleted_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        elif self._new.pop(entity.id, None) is None:
            self._removed[entity.id] = entity
        else:
            self._gone.append(entity)

    @property
    def has_new(self) -> bool:
        """Tell whether there are entities to insert."""
        return bool(self._new)

    @property
    def has_changes(self) -> bool:
        """Tell whether there are rows to update or to delete."""
        if self._removed:
            return True
        for known in self._known.values():  # noqa: SIM110  # which is asked of every collection of every command
            if known.is_changed:
                return True
        return False

    def has_as_it_is(self, thing: Any) -> bool:
        """Tell whether something is an entity of this kind, and stored just as it is."""
        known = self._known.get(thing.id)
        return known is not None and known.entity is thing and not known.is_changed

    def take_new(self) -> NewRows:
        """Take the rows of the new entities, to store them. Raises ValidationFailed where one breaks its rules."""
        new, self._new = self._new, {}
        members, rows = self._mapped.members, []
        for id, entity in new.items():
            validate(entity)
            values = members.of_entity(entity)
            self._known[id] = Known(entity, members, values)
            if self._changes is not None:
                self._changes.note(id, None, values)
            rows.append(values)
        return NewRows(self._mapped.table, members.names, rows)

    def take_only_update(self) -> RowUpdate | None:
        """Take the change, where there is one and nothing to delete. Raises ValidationFailed where it breaks rules."""
        changed = [known for known in self._known.values() if known.is_changed]
        return self.take_update(changed[0]) if len(changed) == 1 and not self._removed else None

    def changed(self) -> Iterator[Known[E]]:
        """Yield what is stored otherwise, and is not to be deleted."""
        # Always in the same order, so that two units of work do not wait for each other.
        for id in sorted(self._known.keys() - self._removed.keys()):
            if self._known[id].is_changed:
                yield self._known[id]

    def take_update(self, known: Known[E]) -> RowUpdate:
        """Take the change of one that is stored otherwise. Raises ValidationFailed where it breaks rules."""
        entity = known.entity
        validate(entity)
        before, version = known.values, known.version
        entity.version = version + 1
        if "updated_at" in self._mapped.entity.fields:
            entity.updated_at = utc_now()  # type: ignore[attr-defined]  # the description says that it is there
        changes = known.changes()
        known.keep()
        if self._changes is not None:
            self._changes.note(entity.id, before, known.values)
        return RowUpdate(self._mapped.table, entity.id, version, changes)

    def take_removed(self) -> Iterator[Known[E]]:
        """Yield what is to be deleted, each just before it is."""
        removed, self._removed = self._removed, {}
        for id in sorted(removed):
            self._gone.append(removed[id])
            known = self._known.pop(id)
            if self._changes is not None:
                self._changes.note(id, known.values, None)
            yield known

    def take_events(self, events: list[Event]) -> None:
        """Append the events that were recorded on entities of this kind, deleted ones included."""
        for gone in self._gone:
            events += gone.take_events()
        for known in self._known.values():
            events += known.entity.take_events()

    def take_changes(self) -> Iterator[RowChange]:
        """Yield what was done to each row since the last call, where that is witnessed."""
        return iter(()) if self._changes is None else self._changes.take()
