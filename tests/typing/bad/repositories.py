"""A repository of other entities, one that is not asynchronous, and one whose results are taken for something else."""

from collections.abc import Sequence
from uuid import UUID

from domain.kernel.protocols import AsyncRepository
from domain.kernel.selection import Order
from domain.kernel.specification import EVERYTHING, Specification


class Ticket:
    id: UUID


class Seat:
    id: UUID


class Seats:
    async def add(self, entity: Seat) -> None: ...

    async def get(self, id: UUID) -> Seat | None: ...

    async def find(
        self, specification: Specification = EVERYTHING, order: Order = (), limit: int | None = None
    ) -> Sequence[Seat]:
        return [Seat()]

    async def count(self, specification: Specification = EVERYTHING) -> int:
        return 1

    async def remove(self, entity: Seat) -> None: ...


class Blocking(Seats):
    def get(self, id: UUID) -> Seat | None: ...  # error: override


async def use(seats: Seats, blocking: Blocking, repository: AsyncRepository[Seat], id: UUID) -> Ticket | None:
    tickets: AsyncRepository[Ticket] = seats  # error: assignment
    synchronous: AsyncRepository[Seat] = blocking  # error: assignment
    await synchronous.add(Ticket())  # error: arg-type
    await tickets.find("everything")  # error: arg-type
    return await repository.get(id)  # error: return-value
