import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.bus import CommandBus, Dispatch, EventBus, For, HandlerFailedError, Next, QueryBus
from domain.kernel.errors import Conflict, DomainError, NotFound
from domain.kernel.identity import new_id
from domain.kernel.messages import Command, Event, HandlerNotFoundError, Query
from domain.kernel.result import Err, Ok, Result
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer

SECRET = "postgresql://svc:hunter2@10.0.0.5/prod"
STAFF_MEMBER = Viewer(frozenset({STAFF}), UUID(int=1))


@dataclass(frozen=True, slots=True)
class Bake(Command[int]):
    """Bake loaves."""

    loaves: int = 1


@dataclass(frozen=True, slots=True)
class BakeAtHome(Bake):
    """A command that needs nobody else."""

    async def execute(self, work: Any) -> Result[int, DomainError]:
        return Ok(100 * self.loaves)


@dataclass(frozen=True, slots=True)
class CountLoaves(Query[int]):
    """Ask how many loaves there are."""


@dataclass(frozen=True, slots=True)
class AskReader(Query[Any]):
    """A query that answers itself."""

    async def execute(self, reader: Any) -> Any:
        return ("answered from", reader)


def failing(error: BaseException) -> Any:
    """Make a handler that raises."""

    async def handle(message: Any, resource: object) -> Any:
        raise error

    return handle


def query_bus(handler: Any = None) -> QueryBus:
    def reader_for(viewer: Viewer) -> Any:
        return viewer

    return QueryBus({} if handler is None else {CountLoaves: handler}, reader_for)


async def test_an_expected_failure_comes_back_as_err_whether_returned_or_raised() -> None:
    error = NotFound("Loaf", [new_id()])

    async def refuse(command: Bake, work: object) -> Result[int, NotFound]:
        return Err(error)

    assert await CommandBus({Bake: refuse}).dispatch(Bake()) == Err(error)
    assert await CommandBus({Bake: failing(error)}).dispatch(Bake()) == Err(error)


async def test_an_expected_failure_of_middleware_comes_back_as_err_too() -> None:
    error = Conflict("Loaf")

    async def refuse(dispatch: Dispatch[Any], call_next: Next) -> Any:
        raise error

    assert await CommandBus({}, [refuse]).dispatch(Bake()) == Err(error)


@pytest.mark.parametrize(
    "cause", [KeyError(SECRET), RuntimeError(SECRET), ExceptionGroup(SECRET, [ValueError(SECRET)])]
)
async def test_an_unexpected_failure_says_nothing_of_its_cause_and_keeps_it(cause: Exception) -> None:
    with pytest.raises(HandlerFailedError) as of_command:
        await CommandBus({Bake: failing(cause)}).dispatch(Bake())
    with pytest.raises(HandlerFailedError) as of_query:
        await query_bus(failing(cause)).ask(CountLoaves())

    assert str(of_command.value) == "Bake could not be handled."
    assert str(of_query.value) == "CountLoaves could not be handled."
    for caught in (of_command, of_query):
        assert SECRET not in repr(caught.value)
        assert caught.value.__cause__ is cause


async def test_an_expected_failure_of_a_query_is_raised_as_it_is() -> None:
    error = NotFound("Loaf", [new_id()])

    with pytest.raises(NotFound) as caught:
        await query_bus(failing(error)).ask(CountLoaves())

    assert caught.value is error


async def test_a_message_without_a_handler_is_named() -> None:
    with pytest.raises(HandlerNotFoundError, match="Bake has no handler; register one or give it an execute method"):
        await CommandBus({}).dispatch(Bake())
    with pytest.raises(HandlerNotFoundError, match="CountLoaves has no handler"):
        await query_bus().ask(CountLoaves())


async def test_a_message_may_carry_itself_out() -> None:
    assert await CommandBus({}).dispatch(BakeAtHome(2)) == Ok(200)
    assert await query_bus().ask(AskReader(), STAFF_MEMBER) == ("answered from", STAFF_MEMBER)


async def test_a_registered_handler_comes_before_the_messages_own() -> None:
    async def handle(command: BakeAtHome, work: object) -> Result[int, DomainError]:
        return Ok(command.loaves)

    assert await CommandBus({BakeAtHome: handle}).dispatch(BakeAtHome(2)) == Ok(2)


async def test_a_handler_of_a_base_type_does_not_get_commands_of_another() -> None:
    async def handle(command: Bake, work: object) -> Result[int, DomainError]:
        return Ok(-1)

    assert await CommandBus({Bake: handle}).dispatch(BakeAtHome(2)) == Ok(200)


async def test_a_handler_may_be_an_object() -> None:
    @dataclass
    class Baker:
        baked: int = 0

        async def __call__(self, command: Bake, work: object) -> Result[int, DomainError]:
            self.baked += command.loaves
            return Ok(self.baked)

    bus = CommandBus({Bake: Baker(10)})

    assert await bus.dispatch(Bake(2)) == Ok(12)


async def test_middleware_knows_who_asks() -> None:
    seen: list[Viewer] = []

    async def look(dispatch: Dispatch[Any], call_next: Next) -> Any:
        seen.append(dispatch.viewer)
        return await call_next(dispatch)

    bus = CommandBus({}, [look])
    await bus.dispatch(BakeAtHome())
    await bus.dispatch(BakeAtHome(), STAFF_MEMBER)

    assert seen == [ANONYMOUS, STAFF_MEMBER]


async def test_a_dispatch_that_is_cancelled_is_cancelled() -> None:
    started = asyncio.Event()

    async def wait(command: Bake, work: object) -> Result[int, DomainError]:
        started.set()
        await asyncio.sleep(60)
        return Ok(1)

    task = asyncio.create_task(CommandBus({Bake: wait}).dispatch(Bake()))
    await asyncio.wait_for(started.wait(), timeout=5)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@dataclass(frozen=True, slots=True, kw_only=True)
class Baked(Event):
    """A loaf was baked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CakeBaked(Baked):
    """A cake was baked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burnt(Event):
    """A loaf was burnt."""


@dataclass
class Listener:
    """Hears events, and fails afterwards where it is told to."""

    heard: list[Event] = field(default_factory=list)
    error: Exception | None = None

    async def __call__(self, event: Event) -> None:
        self.heard.append(event)
        if self.error is not None:
            raise self.error


def baked() -> Baked:
    return Baked(entity_id=new_id())


async def test_every_handler_of_an_event_hears_it_in_order() -> None:
    listeners = [Listener(), Listener()]
    events = [baked(), baked(), baked()]

    await EventBus({Baked: listeners}).publish(events)

    assert [listener.heard for listener in listeners] == [events, events]


async def test_handlers_of_base_types_hear_what_is_more_special_and_not_the_other_way_round() -> None:
    of_all, of_loaves, of_cakes, of_burnt = Listener(), Listener(), Listener(), Listener()
    bus = EventBus({Event: [of_all], Baked: [of_loaves], CakeBaked: [of_cakes], Burnt: [of_burnt]})
    loaf, cake = baked(), CakeBaked(entity_id=new_id())

    await bus.publish([loaf, cake])

    assert of_all.heard == of_loaves.heard == [loaf, cake]
    assert of_cakes.heard == [cake]
    assert of_burnt.heard == []


async def test_all_handlers_hear_of_all_events_though_some_fail() -> None:
    first, second = ValueError("first"), KeyError("second")
    listeners = [Listener(error=first), Listener(), Listener(error=second)]
    events = [baked(), baked()]

    with pytest.raises(ExceptionGroup) as caught:
        await EventBus({Baked: listeners}).publish(events)

    assert [listener.heard for listener in listeners] == [events] * 3
    assert caught.value.exceptions == (first, second, first, second)


async def test_an_event_that_nobody_waits_for_is_no_fault() -> None:
    await EventBus({}).publish([baked()])


async def test_middleware_for_one_kind_of_messages_is_not_in_the_way_of_others() -> None:
    seen: list[object] = []

    async def look(dispatch: Dispatch[Any], call_next: Next) -> Any:
        seen.append(dispatch.message)
        return await call_next(dispatch)

    bus = CommandBus({}, [For(BakeAtHome, look)])
    with pytest.raises(HandlerNotFoundError):
        await bus.dispatch(Bake())
    assert await bus.dispatch(BakeAtHome(2)) == Ok(200)

    assert seen == [BakeAtHome(2)]
