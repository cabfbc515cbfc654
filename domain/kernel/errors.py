"""Failures that callers can act on: data and a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.description import Field


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of one field."""

    field: Annotated[str, Field("The field that broke the rule, with a path into lists: `trackIds.2`.")]
    code: Annotated[str, Field("A stable name of the rule, such as `TOO_LONG`.")]
    message: Annotated[str, Field("What is wrong and what would be right.")]


@dataclass(eq=False)
class DomainError(Exception):
    """A failure that is part of the domain. Subclasses carry data; `code` never changes once published."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    @property
    def message(self) -> str:
        """Say in one sentence what happened."""
        return "The operation is not possible."

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class NotFound(DomainError):
    """Something that the operation names does not exist."""

    code: ClassVar[str] = "NOT_FOUND"

    entity: Annotated[str, Field("The kind of thing that was looked for.", example="Track")]
    ids: Annotated[Sequence[UUID], Field("The identities that were not found.")]

    @property
    def message(self) -> str:
        """Name the entity and every identity that is missing."""
        return f"{self.entity} not found: {', '.join(map(str, self.ids))}."


@dataclass(eq=False)
class Conflict(DomainError):
    """Somebody else changed the same thing first."""

    code: ClassVar[str] = "CONFLICT"

    entity: Annotated[str, Field("The kind of thing that was changed.", example="Track")]
    reason: Annotated[str, Field("What the change collided with.")] = "it was changed by somebody else; read it again"
    current_version: Annotated[int | None, Field("The version that is stored now, where it is another one.")] = None

    @property
    def message(self) -> str:
        """Name the entity and the collision."""
        return f"{self.entity} could not be changed: {self.reason}."


@dataclass(eq=False)
class Overtaken(Conflict):
    """The store gave way to others who changed the same things at the same moment; trying again may well succeed."""

    reason: str = "others were changing the same things at the same moment; try again"


@dataclass(eq=False)
class IdempotencyKeyReused(DomainError):
    """The idempotency key was used before, for something else."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"

    key: Annotated[str, Field("The key.")]

    @property
    def message(self) -> str:
        """Say what to do."""
        return "The idempotency key was used for another command or another input; send a new one with this."


@dataclass(eq=False)
class ValidationFailed(DomainError):
    """The input breaks rules; every one of them is listed."""

    code: ClassVar[str] = "VALIDATION_FAILED"

    violations: Annotated[Sequence[Violation], Field("Every broken rule.")] = field(default_factory=list)

    @property
    def message(self) -> str:
        """List the violations."""
        return "The input is not valid: " + "; ".join(f"{one.field}: {one.message}" for one in self.violations)


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """Why one command of a batch could not be carried out: its number, what it is about if that is there, the error."""

    index: int
    id: UUID | None
    error: DomainError


@dataclass(eq=False)
class BatchFailed(DomainError):
    """Some commands of a batch cannot be carried out, so none was."""

    code: ClassVar[str] = "BATCH_FAILED"

    entity: str
    failures: Sequence[ItemFailure]

    @property
    def message(self) -> str:
        """Say how many, and why the first."""
        return f"Nothing was done: {len(self.failures)} failed, the first for this: {self.failures[0].error.message}"


@dataclass(eq=False)
class Unavailable(DomainError):
    """Something that the operation needs cannot be used at the moment. Trying again later may help."""

    code: ClassVar[str] = "UNAVAILABLE"

    resource: Annotated[str, Field("What cannot be used.", example="database")]

    @property
    def message(self) -> str:
        """Name the resource."""
        return f"The {self.resource} cannot be used at the moment; try again later."


@dataclass(eq=False)
class NoLongerKnown(DomainError):
    """Who began to follow is not known any more, or is somebody else by now."""

    code: ClassVar[str] = "UNAUTHENTICATED"

    @property
    def message(self) -> str:
        """Say what to do."""
        return "The key is not good for this any more: go on with a new one, from the last event that was received."


@dataclass(eq=False)
class PermissionDenied(DomainError):
    """The viewer may not do this."""

    code: ClassVar[str] = "PERMISSION_DENIED"

    action: Annotated[str, Field("What was refused.")]

    @property
    def message(self) -> str:
        """Name what was refused."""
        return f"You are not allowed to {self.action}."
