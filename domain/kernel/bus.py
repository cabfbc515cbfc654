"""Buses: each message goes through the same middleware to the one handler of its type.

A bus keeps nothing of a dispatch.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from domain.kernel.entity import Entity
from domain.kernel.errors import DomainError
from domain.kernel.handlers import check_event_handler, check_handler
from domain.kernel.messages import Command, Event, HandlerNotFoundError, Query
from domain.kernel.protocols import CommandHandler, EventHandler, QueryHandler
from domain.kernel.reading import Reader
from domain.kernel.records import Record
from domain.kernel.result import Err, Result
from domain.kernel.selection import Selection
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.viewer import ANONYMOUS, Viewer

R = TypeVar("R")
M_co = TypeVar("M_co", covariant=True)


@dataclass(slots=True)  # several for each request: to freeze them would cost more than to make them
class Dispatch(Generic[M_co]):
    """One message on its way, with what the middleware around it prepared for its handler."""

    message: M_co
    viewer: Viewer = ANONYMOUS
    work: UnitOfWork | None = None
    key: str | None = None


Next: TypeAlias = Callable[[Dispatch[Any]], Awaitable[Any]]
Middleware: TypeAlias = Callable[[Dispatch[Any], Next], Awaitable[Any]]


class For(NamedTuple):
    """Middleware for messages of one kind, or of types that something is true of. It is not in the way of any other."""

    kind: type | Callable[[type], bool]
    middleware: Middleware

    def concerns(self, message_type: type) -> bool:
        """Tell whether messages of a type come by."""
        return issubclass(message_type, self.kind) if isinstance(self.kind, type) else self.kind(message_type)


Step: TypeAlias = Middleware | For


class HandlerFailedError(RuntimeError):
    """A handler failed in a way that nobody expected. The text holds nothing of the cause, which is chained."""

    def __init__(self, message_type: type) -> None:
        super().__init__(f"{message_type.__name__} could not be handled.")


class CommandBus:
    """Takes each command to its handler. Expected failures come back as Err, whether returned or raised."""

    def __init__(
        self,
        handlers: Mapping[type[Command[Any]], CommandHandler[Any, Any]],
        middleware: Sequence[Step] = (),
    ) -> None:
        """Compose the bus; the first middleware is the outermost. Raises TypeError where a handler does not fit."""
        for message_type, handler in handlers.items():
            check_handler(message_type, handler)
        self._handlers = MappingProxyType(dict(handlers))
        self._ways = _Ways(self._handle, middleware)

    async def dispatch(
        self, command: Command[R], viewer: Viewer = ANONYMOUS, key: str | None = None
    ) -> Result[R, DomainError]:
        """Carry out a command for a viewer.

        With a key it is carried out once, however often it comes; the result of a repetition names the things that the
        first one returned, as an EntityKey each.

        Raises HandlerNotFoundError, or HandlerFailedError for what nobody expected.
        """
        try:
            result: Result[R, DomainError] = await self._ways[type(command)](Dispatch(command, viewer, None, key))
        except DomainError as error:
            return Err(error)
        except HandlerNotFoundError:
            raise
        except Exception as error:
            raise HandlerFailedError(type(command)) from error
        return result

    def _handle(self, dispatch: Dispatch[Command[Any]]) -> Awaitable[Any]:
        # A step may have put another command in place of the one that came. Some step gives each a unit of work.
        message, work = dispatch.message, dispatch.work
        handler: Any = self._handlers.get(type(message))
        return message.execute(work) if handler is None else handler(message, work)  # type: ignore[arg-type]  # it is there


class QueryBus:
    """Takes each query to its handler, or lets it answer itself.

    Handlers read through the reader of the viewer, who cannot be shown what is not for them.
    """

    def __init__(
        self,
        handlers: Mapping[type[Query[Any]], QueryHandler[Any, Any]],
        reader_for: Callable[[Viewer], Reader],
        middleware: Sequence[Step] = (),
    ) -> None:
        """Compose the bus; the first middleware is the outermost. Raises TypeError where a handler does not fit."""
        for message_type, handler in handlers.items():
            check_handler(message_type, handler)
        self._handlers = MappingProxyType(dict(handlers))
        self._reader_for = reader_for
        self._ways = _Ways(self._handle, middleware)

    async def ask(self, query: Query[R], viewer: Viewer = ANONYMOUS) -> R:
        """Answer a query with what the viewer may see.

        Raises the DomainErrors of its handler, HandlerNotFoundError, or HandlerFailedError for what nobody expected.
        """
        try:
            answer: R = await self._ways[type(query)](Dispatch(query, viewer))
        except (DomainError, HandlerNotFoundError):
            raise
        except Exception as error:
            raise HandlerFailedError(type(query)) from error
        return answer

    def told(self, thing: Entity, selection: Selection, viewer: Viewer) -> Record | None:
        """Answer with a thing that was just stored, without reading it; None where it has to be asked for."""
        return self._reader_for(viewer).told(thing, selection)

    def _handle(self, dispatch: Dispatch[Query[Any]]) -> Awaitable[Any]:
        reader = self._reader_for(dispatch.viewer)
        handler = self._handlers.get(type(dispatch.message))
        return dispatch.message.execute(reader) if handler is None else handler(dispatch.message, reader)


class EventBus:
    """Tells every handler of an event, also those of the event's base types."""

    def __init__(self, handlers: Mapping[type[Event], Sequence[EventHandler[Any]]]) -> None:
        """Compose the bus. Raises TypeError where a handler does not fit."""
        for event_type, several in handlers.items():
            for handler in several:
                check_event_handler(event_type, handler)
        self._handlers = MappingProxyType({event: tuple(several) for event, several in handlers.items()})

    async def publish(self, events: Sequence[Event]) -> None:
        """Tell of events in their order. All handlers hear of all events; failures are raised together at the end."""
        failures: list[Exception] = []
        for event in events:
            for handler in self._handlers_of(event):
                try:
                    await handler(event)
                except Exception as error:  # noqa: BLE001  # raised below, once all handlers have heard
                    failures.append(error)
        if failures:
            raise ExceptionGroup("Events were not handled", failures)

    def hears_of(self, event_type: type[Event]) -> bool:
        """Tell whether anybody would be told of events of a type."""
        return any(self._handlers.get(kind) for kind in event_type.__mro__)

    def _handlers_of(self, event: Event) -> Sequence[EventHandler[Any]]:
        return [handler for kind in type(event).__mro__ for handler in self._handlers.get(kind, ())]


class _Ways(dict[type, Next]):
    """The way of each kind of message through the middleware to its handler, made for the first of the kind."""

    def __init__(self, handle: Next, middleware: Sequence[Step]) -> None:
        super().__init__()
        self._handle = handle
        self._steps = [step if isinstance(step, For) else For(object, step) for step in middleware]

    def __missing__(self, kind: type) -> Next:
        concerned = [step.middleware for step in self._steps if step.concerns(kind)]
        way = self[kind] = reduce(_around, reversed(concerned), self._handle)
        return way


def _around(inner: Next, middleware: Middleware) -> Next:
    def step(dispatch: Dispatch[Any]) -> Awaitable[Any]:
        return middleware(dispatch, inner)

    return step
