from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar

import pytest

from domain.kernel.bus import CommandBus, EventBus, QueryBus
from domain.kernel.errors import DomainError, NotFound
from domain.kernel.handlers import (
    DuplicateHandlerError,
    HandlerSignatureError,
    check_event_handler,
    check_handler,
    one_each,
)
from domain.kernel.messages import Command, Event, Query
from domain.kernel.result import Err, Ok, Result

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Bake(Command[int]):
    """Bake loaves."""


@dataclass(frozen=True, slots=True)
class BakeCake(Bake):
    """Bake a cake."""


@dataclass(frozen=True, slots=True)
class Eat(Command[str]):
    """Eat a loaf."""


@dataclass(frozen=True, slots=True)
class CountLoaves(Query[int]):
    """Ask how many loaves there are."""


@dataclass(frozen=True, slots=True)
class FindLoaf(Query[str | None]):
    """Ask for a loaf."""


@dataclass(frozen=True, slots=True)
class Make(Command[R], Generic[R]):
    """Make something; what is left to the one who makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baked(Event):
    """A loaf was baked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CakeBaked(Baked):
    """A cake was baked."""


async def bake(command: Bake, work: object) -> Result[int, NotFound]:
    return Ok(1)


class Baker:
    """A handler that has things of its own."""

    async def __call__(self, command: Bake, work: object) -> Result[int, DomainError]:
        return Ok(1)

    async def bake(self, command: Bake, work: object) -> Result[int, DomainError]:
        return Ok(1)


async def bake_at_once(command: Bake, work: object) -> Ok[int]:
    return Ok(1)


async def bake_or_refuse(command: Bake, work: object) -> Err[NotFound] | Ok[int]:
    return Ok(1)


async def do_anything(command: Command[Any], work: object) -> Any:
    return Ok(1)


async def take_anything(command: Any, work: Any) -> Any:
    return Ok(1)


async def without_annotations(command, work):  # type: ignore[no-untyped-def]  # a type checker is not everywhere
    return Ok(1)


async def with_more_than_needed(command: Bake, work: object, oven: str = "hot", *rest: object) -> Result[int, NotFound]:
    return Ok(1)


@pytest.mark.parametrize(
    "handler",
    [
        bake,
        Baker(),
        Baker().bake,
        bake_at_once,
        bake_or_refuse,
        do_anything,
        take_anything,
        without_annotations,
        with_more_than_needed,
    ],
    ids=lambda handler: getattr(handler, "__qualname__", "an object"),
)
def test_a_handler_that_fits_is_accepted(handler: Callable[..., Awaitable[Any]]) -> None:
    check_handler(Bake, handler)
    check_handler(BakeCake, handler)


def test_a_decorated_handler_is_checked_as_what_it_decorates() -> None:
    check_handler(Bake, made_asynchronous)
    with pytest.raises(HandlerSignatureError, match="it takes Bake"):
        check_handler(Eat, made_asynchronous)


async def of_one_argument(command: Bake) -> Result[int, NotFound]:
    return Ok(1)


async def of_three_arguments(command: Bake, work: object, oven: object) -> Result[int, NotFound]:
    return Ok(1)


async def of_named_arguments(*, command: Bake, work: object) -> Result[int, NotFound]:
    return Ok(1)


def synchronous(command: Bake, work: object) -> Result[int, NotFound]:
    return Ok(1)


@wraps(synchronous)
async def made_asynchronous(*arguments: Any) -> Any:
    return synchronous(*arguments)


class SynchronousBaker:
    def __call__(self, command: Bake, work: object) -> Result[int, NotFound]:
        return Ok(1)


async def of_another_message(command: Eat, work: object) -> Result[int, NotFound]:
    return Ok(1)


async def of_a_special_message(command: BakeCake, work: object) -> Result[int, NotFound]:
    return Ok(1)


async def returning_something_else(command: Bake, work: object) -> Result[str, NotFound]:
    return Ok("a loaf")


async def returning_something_else_at_once(command: Bake, work: object) -> Ok[str]:
    return Ok("a loaf")


async def returning_no_result(command: Bake, work: object) -> int:
    return 1


async def returning_nothing(command: Bake, work: object) -> None:
    pass


@pytest.mark.parametrize(
    ("handler", "fault"),
    [
        (of_one_argument, r"of_one_argument does not fit Bake: it must take the message and what it works on\."),
        (of_three_arguments, "it must take the message and what it works on"),
        (of_named_arguments, "it must take the message and what it works on"),
        (synchronous, "it is not an async function"),
        (SynchronousBaker(), r"^SynchronousBaker does not fit Bake: it is not an async function"),
        (of_another_message, "it takes Eat"),
        (of_a_special_message, "it takes BakeCake"),
        (returning_something_else, "it returns <class 'str'>, the message promises <class 'int'>"),
        (returning_something_else_at_once, "it returns <class 'str'>, the message promises <class 'int'>"),
        (returning_no_result, "it returns <class 'int'>, which is no Result"),
        (returning_nothing, "which is no Result"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_handler_that_does_not_fit_is_refused(handler: Callable[..., Any], fault: str) -> None:
    with pytest.raises(HandlerSignatureError, match=fault):
        check_handler(Bake, handler)
    with pytest.raises(HandlerSignatureError):
        CommandBus({Bake: handler})


async def count(query: CountLoaves, reader: object) -> int:
    return 1


async def find(query: FindLoaf, reader: object) -> str | None:
    return None


async def count_wrongly(query: CountLoaves, reader: object) -> str | None:
    return None


def test_a_query_handler_returns_what_the_query_promises() -> None:
    QueryBus({CountLoaves: count, FindLoaf: find}, lambda _: None)  # type: ignore[arg-type,return-value]  # nothing reads

    with pytest.raises(HandlerSignatureError, match="the message promises <class 'int'>"):
        QueryBus({CountLoaves: count_wrongly}, lambda _: None)  # type: ignore[arg-type,return-value]  # nothing reads


def test_a_message_that_leaves_its_result_open_promises_nothing_until_one_below_says_it() -> None:
    async def make(command: Command[Any], work: object) -> Result[int, DomainError]:
        return Ok(1)

    class MakeSoup(Make[str]):
        pass

    class MakeDo(Command):  # type: ignore[type-arg]  # a type checker is not everywhere
        pass

    check_handler(MakeDo, make)
    check_handler(Make, make)
    with pytest.raises(HandlerSignatureError, match="the message promises <class 'str'>"):
        check_handler(MakeSoup, make)


def test_an_event_handler_takes_its_event_or_what_that_is() -> None:
    async def on_baked(event: Baked) -> None: ...
    async def on_anything(event: Event) -> None: ...
    async def on_cake(event: CakeBaked) -> None: ...
    async def on_two(event: Baked, other: object) -> None: ...
    def at_once(event: Baked) -> None: ...

    check_event_handler(Baked, on_baked)
    check_event_handler(CakeBaked, on_baked)
    check_event_handler(Baked, on_anything)
    for handler, fault in [
        (on_cake, "it takes CakeBaked"),
        (on_two, "it must take the event"),
        (at_once, "it is not an async function"),
    ]:
        with pytest.raises(HandlerSignatureError, match=fault):
            EventBus({Baked: [handler]})  # type: ignore[list-item]  # that is what is shown


def test_one_handler_for_each_message_is_collected() -> None:
    async def eat(command: Eat, work: object) -> Result[str, DomainError]:
        return Err(DomainError())

    registrations: list[tuple[type[Command[Any]], Any]] = [(Bake, bake), (Eat, eat)]

    assert one_each(registrations) == {Bake: bake, Eat: eat}


def test_a_second_handler_for_a_message_is_refused() -> None:
    with pytest.raises(DuplicateHandlerError, match="Bake has two handlers; a message has exactly one"):
        one_each([(Bake, bake), (BakeCake, bake), (Bake, bake)])
