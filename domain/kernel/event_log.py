"""The log of all that happened: every event once, at a place that never changes, in an order that keeps each entity's.

A change and its events are stored together. From there they come into the log, and from the log to whoever wants them.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable
from uuid import UUID

from domain.kernel.description import Field
from domain.kernel.errors import DomainError
from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An event at its place in the log, as it is stored: `payload` is JSON.

    Positions begin with 1 and have no gaps. The same event may arrive more than once; its id tells. `trace` is the W3C
    trace context of what it happened in, where that was recorded.
    """

    position: int
    event_id: UUID
    entity_id: UUID
    type: str
    payload: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event at its place in the log; `shared` is what those who are told of it find out about it together."""

    position: int
    event: Event
    trace: str | None = None
    shared: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(eq=False)
class EventForgotten(DomainError):
    """The event to go on from is not known, or not any more."""

    code: ClassVar[str] = "EVENT_FORGOTTEN"

    event_id: Annotated[UUID, Field("The event to go on from.")]

    @property
    def message(self) -> str:
        """Name the event and say what to do."""
        return f"The event {self.event_id} is not known, or not any more: read what you need again and follow from now."


@dataclass(eq=False)
class FellBehind(DomainError):
    """More happened than was taken."""

    code: ClassVar[str] = "FELL_BEHIND"

    @property
    def message(self) -> str:
        """Say what to do."""
        return "More happened than was taken: go on from the last event that was received."


@runtime_checkable
class EventPublisher(Protocol):
    """Hands the log on to something outside, such as a message broker."""

    @property
    def name(self) -> str:
        """What its place in the log is remembered under; it never changes."""
        ...

    async def publish(self, entries: Sequence[LogEntry]) -> None:
        """Hand on entries in their order; return when all of them are in safe hands.

        After a failure or a crash the same entries come again.
        """
        ...


class EventFeed(Protocol):
    """Tells of what happens, as it happens."""

    async def follow(self, after: UUID | None = None) -> AsyncGenerator[Occurrence]:
        """Tell of what happens from now on, or from after an event that was received before.

        Raises EventForgotten where that event is not known any more. The iteration raises FellBehind where whoever
        follows does not keep up.
        """
        ...
