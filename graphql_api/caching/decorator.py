"""Functions that are run once for equal arguments, as long as what came of it is kept."""

import asyncio
import hashlib
import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from domain.kernel.protocols import CacheProvider
from graphql_api.caching.codec import TypedJson

P = ParamSpec("P")
R = TypeVar("R")
Function = Callable[P, Coroutine[Any, Any, R]]

_ABANDONED: Final = object()


def cached(
    provider: CacheProvider, *, ttl: float | None = None, key: Callable[..., str] | None = None
) -> Callable[[Function[P, R]], Function[P, R]]:
    """Keep what a coroutine function returns in a provider, for `ttl` seconds where given.

    `key` makes the key from the arguments; without it, the function's name and its arguments do. Calls with equal
    arguments that come while one is running wait for that one. What is raised is not kept.
    """

    def decorate(function: Function[P, R]) -> Function[P, R]:
        key_of = key or _key_of(function)
        flights: dict[str, asyncio.Future[Any]] = {}

        @wraps(function)
        async def run_once(*args: P.args, **kwargs: P.kwargs) -> R:
            name = key_of(*args, **kwargs)
            while (flight := flights.get(name)) is not None:
                if (result := await asyncio.shield(flight)) is not _ABANDONED:
                    return result  # type: ignore[no-any-return]  # it is what the function returned
            flight = flights[name] = asyncio.get_running_loop().create_future()
            try:
                result = await look_up_or_run(name, *args, **kwargs)
            except Exception as error:
                flight.set_exception(error)
                flight.exception()  # that nobody waits for it is no fault
                raise
            else:
                flight.set_result(result)
                return result  # type: ignore[no-any-return]  # the same
            finally:
                del flights[name]
                if not flight.done():  # who ran it was cancelled; somebody else begins again
                    flight.set_result(_ABANDONED)

        async def look_up_or_run(name: str, *args: P.args, **kwargs: P.kwargs) -> Any:
            kept = await provider.get(name)
            if kept is not None:
                return kept[0]
            result = await function(*args, **kwargs)
            # In a list, so that None can be told from nothing.
            await provider.set(name, [result], ttl)
            return result

        return run_once

    return decorate


def _key_of(function: Callable[..., Any]) -> Callable[..., str]:
    signature, codec = inspect.signature(function), TypedJson()
    name = f"{function.__module__}.{function.__qualname__}"

    def key(*args: Any, **kwargs: Any) -> str:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = codec.dumps([*bound.args, sorted(bound.kwargs.items())])
        return f"{name}:{hashlib.blake2s(arguments).hexdigest()}"

    return key
