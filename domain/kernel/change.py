"""Commands that change one thing, and the middleware that holds them to the version they were made for."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, TypeVar, cast

from domain.kernel.bus import Dispatch, Next
from domain.kernel.description import Field, describe_fields, memoised
from domain.kernel.entity import Entity, Reference
from domain.kernel.handlers import result_type
from domain.kernel.messages import Command
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import Range

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Change(Command[R_co]):
    """A command about one thing of the kind that it returns: the one that it has to be given the identity of."""

    expected_version: Annotated[
        int | None,
        Field(
            "Carry it out only if this is the version that is stored; another one is a Conflict.", Range(1), example=1
        ),
    ] = field(default=None, kw_only=True)


class Target(NamedTuple):
    """What a command changes: the entity, and the field of the command that identifies one of them."""

    entity: Reference[Entity]
    field: str


@memoised
def target_of(command: type[Change[Any]]) -> Target:
    """Find what a command changes. Raises TypeError where that is not one thing of the kind that it returns."""
    entity = getattr(result_type(command), "__name__", "")
    referring = [one for one in describe_fields(command).values() if one.references == entity and not one.many]
    fields = [one.name for one in referring if not one.optional]
    if len(fields) != 1:
        raise TypeError(f"{command.__name__} changes one {entity}, so one required field has to refer to it: {fields}")
    return Target(Reference(entity), fields[0])


def at_expected_version(dispatch: Dispatch[Change[Any]], call_next: Next) -> Awaitable[Any]:
    """Have the unit of work refuse any other version than the command was made for."""
    command = dispatch.message
    if command.expected_version is not None:
        entity, field = target_of(type(command))
        cast(UnitOfWork, dispatch.work).expect(entity, getattr(command, field), command.expected_version)
    return call_next(dispatch)
