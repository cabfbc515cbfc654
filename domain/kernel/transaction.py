"""The middleware that gives each command a unit of work, stores its changes and publishes its events."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.kernel.bus import Dispatch, Next
from domain.kernel.messages import Command, Event
from domain.kernel.result import Ok
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import validate


class Transaction:
    """Stores what a successful command changed, all or nothing, and publishes its events afterwards only."""

    def __init__(
        self, unit_of_work: Callable[[], UnitOfWork], publish: Callable[[Sequence[Event]], Awaitable[None]]
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publish = publish

    async def __call__(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        """Run the rest of the pipeline within a unit of work."""
        async with self._unit_of_work() as work:
            dispatch.work = work
            result = await call_next(dispatch)
            events: Sequence[Event] = ()
            if isinstance(result, Ok):
                events = await work.commit()
                result.stored = work.stored(result.value)
        if events:
            await self._publish(events)
        return result


def validated(dispatch: Dispatch[Any], call_next: Next) -> Awaitable[Any]:
    """Refuse a message whose fields break rules, all of them listed, before anything else is done for it."""
    validate(dispatch.message)
    return call_next(dispatch)
