"""Registration of handlers: one for each message, its signature checked when the application is composed."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from domain.kernel.messages import Command, Query
from domain.kernel.result import Ok

K = TypeVar("K")
H = TypeVar("H")


class DuplicateHandlerError(ValueError):
    """Two handlers were registered for one message."""

    def __init__(self, message_type: type) -> None:
        super().__init__(f"{message_type.__name__} has two handlers; a message has exactly one.")


class HandlerSignatureError(TypeError):
    """A handler does not fit the message that it was registered for."""

    def __init__(self, handler: object, message_type: type, fault: str) -> None:
        name = getattr(handler, "__qualname__", type(handler).__qualname__)
        super().__init__(f"{name} does not fit {message_type.__name__}: {fault}.")


def one_each(registrations: Iterable[tuple[type[K], H]]) -> dict[type[K], H]:
    """Collect handlers by message type. Raises DuplicateHandlerError."""
    handlers: dict[type[K], H] = {}
    for message_type, handler in registrations:
        if message_type in handlers:
            raise DuplicateHandlerError(message_type)
        handlers[message_type] = handler
    return handlers


def check_handler(message_type: type, handler: Callable[..., Any]) -> None:
    """Make sure that a handler takes its message and a resource, and returns what the message promises.

    Raises HandlerSignatureError.
    """
    hints = _check_parameters(message_type, handler, ("the message", "what it works on"))
    hint, promised = hints.get("return", Any), result_type(message_type)
    returned = hint if issubclass(message_type, Query) else _success(hint)
    if returned is None:
        raise HandlerSignatureError(handler, message_type, f"it returns {hint}, which is no Result")
    if Any not in (promised, returned) and promised != returned:
        raise HandlerSignatureError(handler, message_type, f"it returns {returned}, the message promises {promised}")


def check_event_handler(event_type: type, handler: Callable[..., Any]) -> None:
    """Make sure that a handler takes its event. Raises HandlerSignatureError."""
    _check_parameters(event_type, handler, ("the event",))


def _check_parameters(message_type: type, handler: Callable[..., Any], expected: tuple[str, ...]) -> dict[str, Any]:
    function = handler if inspect.isroutine(handler) else type(handler).__call__
    if not inspect.iscoroutinefunction(function):
        raise HandlerSignatureError(handler, message_type, "it is not an async function")
    signature = inspect.signature(handler)
    try:
        signature.bind(*expected)
    except TypeError:
        raise HandlerSignatureError(handler, message_type, f"it must take {' and '.join(expected)}") from None
    hints = get_type_hints(function)
    first = hints.get(next(iter(signature.parameters)))
    if isinstance(first, type) and first is not Any and not issubclass(message_type, first):
        raise HandlerSignatureError(handler, message_type, f"it takes {first.__name__}")
    return hints


def result_type(message_type: type) -> Any:
    """Find the R in `class PurchaseTracks(Command[R])`; one that is still open promises nothing to compare with."""
    for kind in message_type.__mro__:
        for base in getattr(kind, "__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, (Command, Query)):
                return Any if isinstance(get_args(base)[0], TypeVar) else get_args(base)[0]
    return Any


def _success(hint: Any) -> Any:
    """Find the R in the `Ok[R]` of a Result, or None where there is none."""
    if hint is Any:
        return Any
    members = (hint,) if get_origin(hint) is Ok else get_args(hint)
    return next((get_args(member)[0] for member in members if get_origin(member) is Ok), None)
