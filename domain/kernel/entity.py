"""Entities: things with an identity that outlives their values, and the events that happen to them."""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, TypeVar
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.description import Field, FieldDescription, describe_fields, memoised
from domain.kernel.identity import new_id
from domain.kernel.messages import Event
from domain.kernel.relations import Relation
from domain.kernel.specification import EVERYTHING, Specification
from domain.kernel.viewer import Viewer

E_co = TypeVar("E_co", covariant=True)


@dataclass(slots=True, kw_only=True, eq=False)
class Entity:
    """A thing with an identity. Two objects with one identity are the same thing.

    `version` counts the changes that were stored; a change made to an older version is a Conflict.
    """

    relations: ClassVar[Mapping[str, Relation]] = types.MappingProxyType({})
    visible_with: ClassVar[tuple[str, ...]] = ()
    """The relations to one that have to be visible for this to be: a line on an invoice is visible with the invoice."""

    id: Annotated[UUID, Field("The identity, unique among all things in the store.")] = field(default_factory=new_id)
    version: Annotated[int, Field("Counts the changes; send it back to make sure that nobody else changed it.")] = 1
    _events: list[Event] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Say which of these a viewer may see: all, unless an entity says otherwise."""
        del viewer
        return EVERYTHING

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entity) and type(other) is type(self) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def record(self, event: Event) -> None:
        """Remember that something happened; it is published once the change is stored."""
        self._events.append(event)

    def take_events(self) -> tuple[Event, ...]:
        """Return the events recorded since the last call, oldest first."""
        if not self._events:
            return ()
        taken = tuple(self._events)
        self._events.clear()
        return taken


@dataclass(slots=True, kw_only=True, eq=False)
class TimestampedEntity(Entity):
    """An entity that knows when it came to be and when it last changed (the store sets `updated_at`)."""

    created_at: Annotated[datetime, Field("When it was first stored.")] = field(default_factory=utc_now)
    updated_at: Annotated[datetime, Field("When it last changed.")] = field(default_factory=utc_now)

    def touch(self) -> None:
        """Count a change of something that is a part of this as a change of it."""
        self.updated_at = utc_now()


@dataclass(slots=True, kw_only=True, eq=False)
class ForeignEntity(Entity):
    """An entity in a table that others made, which counts no changes."""

    version: ClassVar[int] = 1  # type: ignore[misc]  # so that it is no field


@dataclass(frozen=True)  # with slots too, `Reference[X]("Track")` fails in typing on Python 3.11
class Reference(Generic[E_co]):
    """The entity of another slice, by its name, seen through the members that this slice needs.

    Slices do not import each other: `TRACKS = Reference[PricedTrack]("Track")` with a Protocol of one's own.
    """

    name: str


@dataclass(frozen=True, slots=True)
class EntityDescription:
    """All that is known of an entity: what filters, orders, inputs, columns and documentation are derived from."""

    entity: type[Entity]
    name: str
    description: str
    fields: Mapping[str, FieldDescription]
    relations: Mapping[str, Relation]

    @property
    def is_soft_deletable(self) -> bool:
        """Tell whether removal only marks the row (`deleted_at`)."""
        return "deleted_at" in self.fields

    @property
    def may_be_hidden(self) -> bool:
        """Tell whether a row can be there and yet not be seen: marked as removed, or not for everybody."""
        return self.has_policy or self.is_soft_deletable

    @property
    def has_policy(self) -> bool:
        """Tell whether some may see rows that others may not."""
        is_own = self.entity.visible_to.__func__ is not Entity.visible_to.__func__  # type: ignore[attr-defined]  # of a class method
        return is_own or bool(self.entity.visible_with)

    @property
    def is_same_for_all(self) -> bool:
        """Tell whether everybody sees the same of it: all rows, and all fields."""
        return not self.has_policy and all(field.readable_by is None for field in self.fields.values())


@memoised
def describe(entity: type[Entity]) -> EntityDescription:
    """Describe an entity from its annotations, its docstring and its relations."""
    summary = (entity.__doc__ or entity.__name__).strip().split("\n\n")[0]
    return EntityDescription(entity, entity.__name__, summary, describe_fields(entity), entity.relations)


def values_of(entity: Entity) -> dict[str, Any]:
    """Return the described fields of an entity with their values."""
    members = members_of(type(entity))
    return dict(zip(members.names, members.of_entity(entity), strict=True))


class Members(NamedTuple):
    """The described fields of an entity, and what takes their values, in this order, from one or from a row."""

    names: Sequence[str]
    of_entity: Callable[[Entity], tuple[Any, ...]]
    of_row: Callable[[Mapping[str, Any]], tuple[Any, ...]]


@memoised
def members_of(entity: type[Entity]) -> Members:
    """Prepare reading all fields of an entity at once."""
    names = tuple(describe_fields(entity))
    if len(names) == 1:
        names *= 2  # of a single name the bare value would be given
    return Members(names, attrgetter(*names), itemgetter(*names))
