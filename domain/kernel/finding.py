"""Finding what a command names, or saying what is missing."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from domain.kernel.entity import Reference
from domain.kernel.errors import NotFound
from domain.kernel.protocols import Identifiable
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.unit_of_work import UnitOfWork

E = TypeVar("E", bound=Identifiable)


async def required(work: UnitOfWork, entity: type[E] | Reference[E], id: UUID) -> E:
    """Return one entity. Raises NotFound."""
    found = await work.repository(entity).get(id)
    if found is None:
        raise NotFound(_name(entity), [id])
    return found


async def all_required(work: UnitOfWork, entity: type[E] | Reference[E], ids: Sequence[UUID]) -> list[E]:
    """Return several entities in the order of their identities. Raises NotFound with every one that is missing."""
    found = {one.id: one for one in await work.repository(entity).find(where("id", ComparisonOperator.IN, tuple(ids)))}
    if missing := [id for id in ids if id not in found]:
        raise NotFound(_name(entity), missing)
    return [found[id] for id in ids]


def _name(entity: type[E] | Reference[E]) -> str:
    return entity.name if isinstance(entity, Reference) else entity.__name__
