"""The shapes that the kernel relies on. A class that has the members fits, without inheriting (requirement 1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from domain.kernel.selection import Order
from domain.kernel.specification import EVERYTHING, Specification

E = TypeVar("E")
M_contra = TypeVar("M_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


@runtime_checkable
class Identifiable(Protocol):
    """Has an identity."""

    @property
    def id(self) -> UUID:
        """The identity, which never changes."""
        ...


@runtime_checkable
class Timestamped(Protocol):
    """Knows when it was made and last changed."""

    @property
    def created_at(self) -> datetime:
        """When it was first stored."""
        ...

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        ...


@runtime_checkable
class SoftDeletable(Protocol):
    """Is marked rather than removed."""

    deleted_at: datetime | None


@runtime_checkable
class AsyncRepository(Protocol[E]):
    """A collection of entities of one kind."""

    async def add(self, entity: E) -> None:
        """Put a new entity into the collection."""
        ...

    async def get(self, id: UUID) -> E | None:
        """Return the entity with this identity."""
        ...

    async def find(
        self, specification: Specification = EVERYTHING, order: Order = (), limit: int | None = None
    ) -> Sequence[E]:
        """Return the entities that satisfy a specification."""
        ...

    async def count(self, specification: Specification = EVERYTHING) -> int:
        """Return how many entities satisfy a specification."""
        ...

    async def remove(self, entity: E) -> None:
        """Take an entity out; one that is SoftDeletable is marked instead."""
        ...


@runtime_checkable
class CacheProvider(Protocol):
    """Keeps values for a while."""

    async def get(self, key: str) -> Any:
        """Return the value, or None where there is none or it has expired."""
        ...

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep a value, for `ttl` seconds where given."""
        ...

    async def delete(self, key: str) -> None:
        """Forget a value."""
        ...

    async def clear(self) -> None:
        """Forget every value of this provider."""
        ...


@runtime_checkable
class EventHandler(Protocol[M_contra]):
    """Reacts to an event."""

    async def __call__(self, event: M_contra, /) -> None:
        """React; the event has been stored already."""
        ...


@runtime_checkable
class Command(Protocol[R_co]):
    """An intention to change something."""

    async def execute(self, work: Any, /) -> R_co:
        """Carry out the command within a unit of work and return its Result."""
        ...


@runtime_checkable
class Query(Protocol[R_co]):
    """A question that changes nothing."""

    async def execute(self, reader: Any, /) -> R_co:
        """Answer the question from a reader."""
        ...


@runtime_checkable
class CommandHandler(Protocol[M_contra, R_co]):
    """Carries out commands of one type within a unit of work."""

    async def __call__(self, command: M_contra, work: Any, /) -> R_co:
        """Carry out the command and return its Result."""
        ...


@runtime_checkable
class QueryHandler(Protocol[M_contra, R_co]):
    """Answers queries of one type."""

    async def __call__(self, query: M_contra, reader: Any, /) -> R_co:
        """Answer the query from a reader."""
        ...
