"""A message reaches exactly its handler and brings back exactly its result (properties 12 and 13)."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.bus import CommandBus, Dispatch, Next, QueryBus
from domain.kernel.errors import DomainError
from domain.kernel.messages import Command, HandlerNotFoundError, Query
from domain.kernel.result import Ok, Result
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer

Log = list[tuple[int, object]]


@dataclass(frozen=True)
class Order(Command[int]):
    number: int
    pauses: int = 0


@dataclass(frozen=True)
class Question(Query[object]):
    answer: object
    pauses: int = 0


# Some inherit from each other, which must not make a handler of one that of the other.
ORDERS: list[type[Order]] = [type(f"Order{number}", (Order,), {}) for number in range(3)]
ORDERS.append(type("SpecialOrder", (ORDERS[0],), {}))
QUESTIONS: list[type[Question]] = [type(f"Question{number}", (Question,), {}) for number in range(3)]
QUESTIONS.append(type("SpecialQuestion", (QUESTIONS[0],), {}))
KINDS = st.integers(0, 3)
VIEWERS = st.sampled_from([ANONYMOUS, Viewer(frozenset({STAFF})), Viewer(subject=UUID(int=1))])


async def pause(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def command_bus(registered: set[int], log: Log, *middleware: Any) -> CommandBus:
    def handler(kind: int) -> Any:
        async def handle(command: Order, work: object) -> Result[int, DomainError]:
            await pause(command.pauses)
            log.append((kind, command))
            return Ok(command.number)

        return handle

    return CommandBus({ORDERS[kind]: handler(kind) for kind in registered}, middleware)


@given(st.sets(KINDS), st.lists(st.tuples(KINDS, st.integers(), st.integers(0, 3)), max_size=12))
async def test_a_command_reaches_exactly_its_handler(registered: set[int], sent: list[tuple[int, int, int]]) -> None:
    log: Log = []
    bus = command_bus(registered, log)
    commands = [ORDERS[kind](number, pauses) for kind, number, pauses in sent]

    outcomes = await asyncio.gather(*map(bus.dispatch, commands), return_exceptions=True)

    for (kind, number, _), command, outcome in zip(sent, commands, outcomes, strict=True):
        reached = [by for by, handled in log if handled is command]
        if kind in registered:
            assert reached == [kind]
            assert outcome == Ok(number)
        else:
            assert reached == []
            assert isinstance(outcome, HandlerNotFoundError)
    assert len(log) == sum(kind in registered for kind, _, _ in sent)


@given(st.sets(KINDS), st.lists(st.tuples(KINDS, st.integers(0, 3), VIEWERS), max_size=12))
async def test_a_query_brings_back_exactly_what_its_handler_returns_from_the_reader_of_the_viewer(
    registered: set[int], sent: list[tuple[int, int, Viewer]]
) -> None:
    def handler(kind: int) -> Any:
        async def handle(query: Question, reader: object) -> object:
            await pause(query.pauses)
            return (kind, reader, query.answer)

        return handle

    def reader_for(viewer: Viewer) -> Any:
        return ("reader of", viewer)

    bus = QueryBus({QUESTIONS[kind]: handler(kind) for kind in registered}, reader_for)
    questions = [QUESTIONS[kind](object(), pauses) for kind, pauses, _ in sent]
    viewers = [viewer for _, _, viewer in sent]

    answers = await asyncio.gather(*map(bus.ask, questions, viewers), return_exceptions=True)

    for (kind, _, viewer), question, answer in zip(sent, questions, answers, strict=True):
        if kind in registered:
            assert answer == (kind, reader_for(viewer), question.answer)
        else:
            assert isinstance(answer, HandlerNotFoundError)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8))
async def test_nothing_of_one_dispatch_is_seen_by_another_at_the_same_time(pauses: list[tuple[int, int]]) -> None:
    seen: list[tuple[object, object]] = []

    async def prepare(dispatch: Dispatch[Any], call_next: Next) -> Any:
        before, _ = pauses[dispatch.message.number]
        await pause(before)
        work: Any = f"work of {dispatch.message.number}"
        return await call_next(replace(dispatch, work=work))

    async def handle(command: Order, work: object) -> Result[int, DomainError]:
        await pause(command.pauses)
        seen.append((command.number, work))
        return Ok(command.number)

    bus = CommandBus({Order: handle}, [prepare])
    results = await asyncio.gather(*(bus.dispatch(Order(number, of[1])) for number, of in enumerate(pauses)))

    assert results == [Ok(number) for number in range(len(pauses))]
    assert sorted(seen, key=str) == sorted(((number, f"work of {number}") for number in range(len(pauses))), key=str)


@given(st.permutations(range(4)))
async def test_middleware_surrounds_the_handler_in_the_order_it_is_given(names: list[int]) -> None:
    log: list[str] = []

    def around(name: int) -> Any:
        async def step(dispatch: Dispatch[Any], call_next: Next) -> Any:
            log.append(f"into {name}")
            result = await call_next(dispatch)
            log.append(f"out of {name}")
            return result

        return step

    handled: Log = []
    await command_bus({0}, handled, *map(around, names)).dispatch(ORDERS[0](1))

    assert log == [f"into {name}" for name in names] + [f"out of {name}" for name in reversed(names)]
    assert len(handled) == 1


async def test_middleware_may_answer_instead_of_the_handler() -> None:
    async def answer(dispatch: Dispatch[Any], call_next: Next) -> Any:
        return Ok(42)

    handled: Log = []
    assert await command_bus({0}, handled, answer).dispatch(ORDERS[0](1)) == Ok(42)
    assert handled == []


async def test_a_bus_is_not_changed_by_changing_what_it_was_made_of() -> None:
    async def handle(command: Order, work: object) -> Result[int, DomainError]:
        return Ok(command.number)

    handlers: dict[type[Command[Any]], Any] = {Order: handle}
    middleware: list[Any] = []
    bus = CommandBus(handlers, middleware)
    handlers.clear()
    middleware.append(None)

    assert await bus.dispatch(Order(1)) == Ok(1)
    with pytest.raises(HandlerNotFoundError):
        await CommandBus(handlers).dispatch(Order(1))
