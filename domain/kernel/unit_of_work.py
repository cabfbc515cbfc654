"""All changes of one command, stored together or not at all."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar
from uuid import UUID

from domain.kernel.entity import Entity, Reference
from domain.kernel.messages import Event
from domain.kernel.protocols import AsyncRepository
from domain.kernel.specification import Specification
from domain.kernel.viewer import Viewer

E = TypeVar("E")


class UnitOfWork(Protocol):
    """A transaction: entities that were read through it and changed are stored by `commit`, or else forgotten."""

    def repository(self, entity: type[E] | Reference[E]) -> AsyncRepository[E]:
        """Return the collection of all entities of one kind."""
        ...

    def expect(self, entity: type[Entity] | Reference[Entity], id: UUID, version: int) -> None:
        """Have reading one entity raise Conflict if its version is another one."""
        ...

    async def chosen(
        self, entity: type[E] | Reference[E], specification: Specification, viewer: Viewer, limit: int
    ) -> Sequence[E]:
        """Return the entities that a viewer means by a specification: some of those that they may see, by identity."""
        ...

    async def restore(self, entity: type[E], id: UUID) -> E | None:
        """Bring back an entity that was marked as removed, and return it; one that is there stays as it is."""
        ...

    async def insert(self, entity: type[E], values: Mapping[str, object]) -> E:
        """Store a row in a table that others made, and return it with what the database made of it. Raises Conflict."""
        ...

    def note(self, entity: Entity) -> None:
        """Store something new with the changes, just as it is now, that nobody asks this unit of work for.

        Its rules are not checked: whoever notes it has made it of what is known to be in order.
        """
        ...

    async def flush(self) -> None:
        """Send every change to the store without committing. Raises what `commit` raises."""
        ...

    async def commit(self) -> Sequence[Event]:
        """Store every change and return the events behind them, oldest first.

        Raises Conflict where somebody else changed the same entity, or where a uniqueness rule of the store is broken.
        """
        ...

    def stored(self, thing: object) -> bool:
        """Tell whether something is a thing of this unit of work, just as it was stored or read."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
