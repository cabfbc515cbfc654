"""Messages and handlers with a signature that does not fit."""

from dataclasses import dataclass
from typing import Any

from domain.kernel.protocols import Command, CommandHandler, EventHandler, Query, QueryHandler
from domain.kernel.result import Ok


@dataclass(frozen=True)
class OpenGate:
    number: int

    def execute(self, work: object, /) -> Ok[int]:
        return Ok(self.number)


@dataclass(frozen=True)
class CountGates:
    async def execute(self) -> int:
        return 3


class GateOpened: ...


class GateShut: ...


async def open_gate(command: OpenGate) -> Ok[int]:
    return Ok(command.number)


async def open_named(command: OpenGate, work: Any) -> str:
    return "open"


def count_gates(query: CountGates, reader: Any) -> int:
    return 3


async def note_shut(event: GateShut) -> None: ...


blocking_command: Command[Ok[int]] = OpenGate(1)  # error: assignment
query_without_reader: Query[int] = CountGates()  # error: assignment
handler_without_work: CommandHandler[OpenGate, Ok[int]] = open_gate  # error: assignment
handler_with_another_result: CommandHandler[OpenGate, Ok[int]] = open_named  # error: assignment
blocking_handler: QueryHandler[CountGates, int] = count_gates  # error: assignment
handler_of_another_event: EventHandler[GateOpened] = note_shut  # error: assignment
