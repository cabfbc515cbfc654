"""Which requests are recorded: decided before anything else is done for them.

The instrumentation takes longer than a short request itself, also for a request whose spans nobody keeps. So a request
that is not recorded never comes near it.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import get_current_span
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

_chosen: ContextVar[bool] = ContextVar("chosen_to_be_recorded", default=False)
_SAMPLED: Final = 0x01
_ATTRIBUTES: Final = 3
"""The place of the attributes among the further arguments of a sampler."""
Layer: TypeAlias = Callable[[ASGIApp], ASGIApp]
LARGEST_BAGGAGE: Final = 1_024
"""How many bytes a caller may give along, to be handed on with the trace; more than that is left behind."""
BAGGAGE: Final = b"baggage"
_UNRECORDED_PATHS: Final = ("/health/", "/metrics")


class ChosenOrDrawn(Sampler):
    """Records what was chosen before, and of the rest a part."""

    def __init__(self, draw: Callable[[], bool]) -> None:
        self._draw = draw

    def should_sample(self, parent_context: Context | None, *rest: Any, **named: Any) -> SamplingResult:
        """Decide about a new trace."""
        attributes = named.get("attributes", rest[_ATTRIBUTES] if len(rest) > _ATTRIBUTES else None)
        recorded = _chosen.get() or self._draw()
        state = get_current_span(parent_context).get_span_context().trace_state
        return SamplingResult(Decision.RECORD_AND_SAMPLE if recorded else Decision.DROP, attributes, state)

    def get_description(self) -> str:
        """Name the sampler."""
        return "ChosenOrDrawn"


def drawing(ratio: float) -> Callable[[], bool]:
    """Give what draws a part of all traces."""
    return lambda: ratio > random.random()  # noqa: S311  # nobody gains by guessing it


def sampler(draw: Callable[[], bool]) -> Sampler:
    """Make a sampler that follows the caller's decision where there is one."""
    return ParentBased(ChosenOrDrawn(draw))


class RecordedRequests:
    """Middleware that leads the requests that are recorded through the instrumentation, and the others past it.

    It is no coroutine function, which would be one more that each request waits through.
    """

    def __init__(
        self,
        app: ASGIApp,
        instrumentation: Middleware,
        draw: Callable[[], bool],
        *,
        parent_of: Callable[[Scope], str | None],
        ways: Mapping[str, Layer] | None = None,
        around: Layer | None = None,
    ) -> None:
        """Take what surrounds what is recorded, in place of the instrumentation for some paths.

        Another layer may have to come first `around` what is recorded. The `parent_of` a request is its traceparent.
        """
        around = around or (lambda app: app)
        made: Any = instrumentation.cls
        self._past: ASGIApp = app
        self._through = around(made(app, *instrumentation.args, **instrumentation.kwargs))
        self._ways = {path: around(way(app)) for path, way in (ways or {}).items()}
        self._draw = draw
        self._parent_of = parent_of

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # An operation over a WebSocket is a trace of its own: nobody could see one that ends when the connection does.
        if scope["type"] != "http" or scope["path"].startswith(_UNRECORDED_PATHS):
            return self._past(scope, receive, send)
        parent = self._parent_of(scope)
        if not (self._draw() if parent is None else self._is_chosen(parent)):
            return self._past(scope, receive, send)
        return self._ways.get(scope["path"], self._recorded)(scope, receive, send)

    async def _recorded(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _chosen.set(True)
        try:
            _leave_baggage(scope)
            await self._through(scope, receive, send)
        finally:
            _chosen.reset(token)

    def _is_chosen(self, parent: str) -> bool:
        """Tell whether a caller has its trace recorded; what is not well-formed says nothing about it."""
        with suppress(IndexError, ValueError):
            return bool(int(parent.rsplit("-", 1)[1][:2], 16) & _SAMPLED)
        return self._draw()


def _leave_baggage(scope: Scope) -> None:
    if sum(len(value) for name, value in scope["headers"] if name == BAGGAGE) > LARGEST_BAGGAGE:
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != BAGGAGE]
