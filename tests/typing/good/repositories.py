"""The type of the entities stays known through the Protocol (requirement 1.4)."""

from collections.abc import Sequence
from typing import TypeVar, assert_type
from uuid import UUID

from domain.kernel.protocols import AsyncRepository
from domain.kernel.selection import Order
from domain.kernel.specification import EVERYTHING, Specification

T = TypeVar("T")


class Ticket:
    id: UUID


class Tickets:
    async def add(self, entity: Ticket) -> None: ...

    async def get(self, id: UUID) -> Ticket | None: ...

    async def find(
        self, specification: Specification = EVERYTHING, order: Order = (), limit: int | None = None
    ) -> Sequence[Ticket]:
        return [Ticket()]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        return 1

    async def remove(self, entity: Ticket) -> None: ...


async def first(repository: AsyncRepository[T]) -> T | None:
    found = await repository.find(limit=1)
    return found[0] if found else None


async def use(tickets: Tickets, id: UUID) -> None:
    repository: AsyncRepository[Ticket] = tickets
    assert_type(await repository.get(id), Ticket | None)
    assert_type(await repository.find(), Sequence[Ticket])
    assert_type(await first(tickets), Ticket | None)
