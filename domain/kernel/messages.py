"""Messages: what the outside may ask of the domain, and what happened in it. Each carries the type of its result."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.errors import DomainError
from domain.kernel.identity import new_id
from domain.kernel.permission import Allowed
from domain.kernel.viewer import Viewer

if TYPE_CHECKING:
    from domain.kernel.reading import Reader
    from domain.kernel.result import Result
    from domain.kernel.unit_of_work import UnitOfWork

R_co = TypeVar("R_co", covariant=True)


class HandlerNotFoundError(LookupError):
    """A message has neither a registered handler nor an `execute` of its own."""

    def __init__(self, message_type: type) -> None:
        super().__init__(f"{message_type.__name__} has no handler; register one or give it an execute method.")


@dataclass(frozen=True, slots=True)
class Command(Generic[R_co]):
    """An intention to change something, named in the imperative.

    `errors` lists the failures that callers should expect beside ValidationFailed.
    """

    errors: ClassVar[tuple[type[DomainError], ...]] = ()
    allowed: ClassVar[Allowed | None] = None
    """Who may give it: everybody, unless it says otherwise."""

    def permits(self, viewer: Viewer) -> bool:
        """Tell whether a viewer may have it carried out."""
        return self.allowed is None or self.allowed.permits(self, viewer)

    async def execute(self, work: "UnitOfWork") -> "Result[R_co, DomainError]":
        """Carry out the command; for one that needs more than the unit of work a handler is registered instead."""
        del work
        raise HandlerNotFoundError(type(self))


@dataclass(frozen=True, slots=True)
class Query(Generic[R_co]):
    """A question that changes nothing."""

    async def execute(self, reader: "Reader") -> R_co:
        """Answer the question; for one that needs more than the reader a handler is registered instead."""
        del reader
        raise HandlerNotFoundError(type(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one entity, named in the past tense."""

    entity_id: UUID
    event_id: UUID = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=utc_now)
