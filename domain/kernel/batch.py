"""Commands that carry out several others of one kind, all of them or none, and the middleware that does it."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, TypeVar, cast
from uuid import UUID

from domain.kernel.bus import Dispatch, Next
from domain.kernel.change import Change, target_of
from domain.kernel.errors import BatchFailed, DomainError, ItemFailure, Overtaken, ValidationFailed, Violation
from domain.kernel.handlers import result_type
from domain.kernel.messages import Command
from domain.kernel.result import Err, Ok, Result
from domain.kernel.specification import Specification
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import find_violations
from domain.kernel.viewer import Viewer

E_co = TypeVar("E_co", covariant=True)
NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Batch(Command[Sequence[E_co]]):
    """Several commands of one kind as one. Each is validated, permitted and carried out as it would be alone."""

    one: ClassVar[type[Command[Any]]]

    def parts(self) -> Mapping[str, Command[Any]]:
        """Give what there is to validate and permit, by its place in the input."""
        raise NotImplementedError

    async def commands(self, work: UnitOfWork, viewer: Viewer, most: int) -> Sequence[tuple[UUID | None, Command[Any]]]:
        """Give the commands, with what each changes. Raises ValidationFailed where they are more than allowed."""
        raise NotImplementedError

    def permits(self, viewer: Viewer) -> bool:
        """Tell whether a viewer may have each of them carried out."""
        return all(part.permits(viewer) for part in self.parts().values())


@dataclass(frozen=True, slots=True)
class CreateMany(Batch[E_co]):
    """Make several things."""

    items: tuple[Command[E_co], ...] = ()

    def parts(self) -> Mapping[str, Command[Any]]:
        """Give every command by its number."""
        return {f"input.{number}": item for number, item in enumerate(self.items)}

    async def commands(self, work: UnitOfWork, viewer: Viewer, most: int) -> Sequence[tuple[UUID | None, Command[Any]]]:
        """Give the commands as they are."""
        del work, viewer
        _check_number("input", len(self.items), most)
        return [(None, item) for item in self.items]


@dataclass(frozen=True, slots=True)
class ChangeMany(Batch[E_co]):
    """Do one thing with everything that a filter chooses of what the viewer may see."""

    one: ClassVar[type[Change[Any]]]

    where: Specification
    values: Mapping[str, object] = field(default_factory=dict)

    def parts(self) -> Mapping[str, Command[Any]]:
        """Give the command as it will be for each."""
        return {"set": self._about(NOBODY)}

    async def commands(self, work: UnitOfWork, viewer: Viewer, most: int) -> Sequence[tuple[UUID | None, Command[Any]]]:
        """Give a command for each thing that is chosen."""
        chosen = await work.chosen(target_of(self.one).entity, self.where, viewer, most + 1)
        _check_number("where", len(chosen), most)
        return [(thing.id, self._about(thing.id)) for thing in chosen]

    def _about(self, id: UUID) -> Command[Any]:
        values: dict[str, Any] = {**self.values, target_of(self.one).field: id}
        return self.one(**values)


def parts_validated(dispatch: Dispatch[Batch[Any]], call_next: Next) -> Awaitable[Any]:
    """Refuse a batch with all that is wrong in any of its commands."""
    if violations := list(_violations(dispatch.message)):
        raise ValidationFailed(violations)
    return call_next(dispatch)


class Batches:
    """Carries out the commands of a batch within its transaction, and reports every one that fails."""

    def __init__(self, most: int) -> None:
        """Take the most commands of one batch."""
        self._most = most

    async def __call__(self, dispatch: Dispatch[Any], call_next: Next) -> Any:
        """Stand between a batch and the handler of its commands."""
        batch: Batch[Any] = dispatch.message
        done: list[Any] = []
        failures: list[ItemFailure] = []
        commands = await batch.commands(cast(UnitOfWork, dispatch.work), dispatch.viewer, self._most)
        for number, (id, command) in enumerate(commands):
            result = await _outcome(replace(dispatch, message=command), call_next)
            if isinstance(result, Ok):
                done.append(result.value)
            elif any(known.error is result.error for known in failures):
                # What the store refused once it refuses each time, whatever comes after.
                break
            else:
                failures.append(ItemFailure(number, id, result.error))
        return Err(BatchFailed(_entity(batch), failures)) if failures else Ok(tuple(done))


async def _outcome(dispatch: Dispatch[Command[Any]], call_next: Next) -> Result[Any, DomainError]:
    try:
        return cast("Result[Any, DomainError]", await call_next(dispatch))
    except Overtaken:
        raise
    except DomainError as error:
        return Err(error)


def _entity(batch: Batch[Any]) -> str:
    return str(getattr(result_type(batch.one), "__name__", batch.one.__name__))


def _violations(batch: Batch[Any]) -> Iterator[Violation]:
    for place, part in batch.parts().items():
        for violation in find_violations(part):
            yield replace(violation, field=f"{place}.{violation.field}")


def _check_number(place: str, number: int, most: int) -> None:
    if number > most:
        raise ValidationFailed([Violation(place, "TOO_MANY", f"is about more than {most} things; do it in parts")])
