"""Messages and their handlers fit by shape, and keep the type of their result."""

from dataclasses import dataclass
from typing import Any, TypeVar, assert_type

from domain.kernel.protocols import Command, CommandHandler, EventHandler, Query, QueryHandler
from domain.kernel.result import Ok

R = TypeVar("R")


@dataclass(frozen=True)
class OpenGate:
    number: int

    async def execute(self, work: object, /) -> Ok[int]:
        return Ok(self.number)


@dataclass(frozen=True)
class CountGates:
    async def execute(self, reader: object, /) -> int:
        return 3


@dataclass(frozen=True)
class GateOpened:
    number: int


class Announcer:
    async def __call__(self, event: GateOpened, /) -> None: ...


async def open_gate(command: OpenGate, work: Any) -> Ok[int]:
    return Ok(command.number)


async def count_gates(query: CountGates, reader: Any) -> int:
    return 3


async def note_anything(event: object) -> None: ...


async def carry_out(command: Command[R]) -> R:
    return await command.execute(None)


async def ask(query: Query[R]) -> R:
    return await query.execute(None)


async def use() -> None:
    assert_type(await carry_out(OpenGate(1)), Ok[int])
    assert_type(await ask(CountGates()), int)


command_handler: CommandHandler[OpenGate, Ok[int]] = open_gate
query_handler: QueryHandler[CountGates, int] = count_gates
announcer: EventHandler[GateOpened] = Announcer()
note: EventHandler[GateOpened] = note_anything
