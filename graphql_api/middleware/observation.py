"""Telling operators of each message: spans where somebody traces, and for commands a record in the log."""

from collections.abc import Awaitable, Mapping
from functools import cache, lru_cache
from time import perf_counter
from typing import Any, Final

from domain.kernel.bus import Dispatch, Next
from domain.kernel.errors import DomainError
from domain.kernel.messages import Command, Query
from domain.kernel.result import Err
from graphql_api.observability.facts import Repeated
from graphql_api.observability.handled import Handled
from graphql_api.observability.observation import current, tracer
from graphql_api.observability.offered import MESSAGE
from graphql_api.observability.topic import SpanKind, Topic, topic
from graphql_api.observability.tracer import Span, Tracer
from graphql_api.observability.writing import info_writer

SUCCEEDED, FAILED = "OK", "FAILED"
_MOST_OUTCOMES: Final = 1_024


def asked(dispatch: Dispatch[Query[Any]], call_next: Next) -> Awaitable[Any]:
    """Record a query where somebody traces; all else that happens in it lies within its span."""
    observation = current()
    if observation is None or observation.tracer is None:
        return call_next(dispatch)
    return _recorded(observation.tracer, dispatch, call_next)


async def _recorded(recording: Tracer, dispatch: Dispatch[Query[Any]], call_next: Next) -> Any:
    with recording.span(_asking(type(dispatch.message).__name__)) as recorded:
        recorded.show(MESSAGE, dispatch.message)
        return await call_next(dispatch)


@cache
def _asking(query: str) -> Topic:
    return topic(SpanKind.MESSAGE, f"ask {query}")


@lru_cache(_MOST_OUTCOMES)
def _ended(outcome: str) -> Mapping[str, Any]:
    return Repeated({"graphql_api.command.outcome": outcome})


class Observed:
    """Tells how each command ended and how long it took, never what was in it."""

    def __init__(self) -> None:
        self._write = info_writer(__name__)

    def __call__(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Awaitable[Any]:
        """Surround the rest of the pipeline, where somebody may trace."""
        recording = tracer()
        if recording is None:
            return self.told(dispatch, call_next)
        return self._recorded(recording, dispatch, call_next)

    async def _recorded(self, recording: Tracer, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        with recording.span(topic(SpanKind.MESSAGE, f"dispatch {type(dispatch.message).__name__}")) as recorded:
            recorded.show(MESSAGE, dispatch.message)
            return await self.told(dispatch, call_next, recorded)

    async def told(self, dispatch: Dispatch[Command[Any]], call_next: Next, recorded: Span | None = None) -> Any:
        """Surround the rest of the pipeline, where nobody traces."""
        started, outcome = perf_counter(), FAILED
        try:
            result = await call_next(dispatch)
            outcome = result.error.code if isinstance(result, Err) else SUCCEEDED
        except DomainError as error:
            outcome = error.code
            raise
        else:
            return result
        finally:
            if recorded is not None:
                recorded.note(_ended(outcome))
            self._tell(Handled(type(dispatch.message).__name__, outcome, perf_counter() - started))

    def _tell(self, handled: Handled) -> None:
        """Leave it to the line of the operation, where there will be one."""
        observation = current()
        if observation is not None and observation.commands is not None:
            observation.commands.append(handled)
        else:
            self._write(handled.record())
