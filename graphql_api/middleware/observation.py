"""Telling operators of each command: a record in the log, within a span where somebody traces."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import structlog

from domain.kernel.bus import Dispatch, Next
from domain.kernel.errors import DomainError
from domain.kernel.messages import Command
from domain.kernel.result import Err

Span = Callable[[str], AbstractContextManager[object]]
SUCCEEDED, FAILED = "OK", "FAILED"

_log = structlog.stdlib.get_logger(__name__)


def untraced(_name: str) -> AbstractContextManager[object]:
    """Open no span."""
    return nullcontext()


class Observed:
    """Logs how each command ended and how long it took, never what was in it."""

    def __init__(self, span: Span = untraced) -> None:
        """Take what opens a span of a name; everything else that happens in the command lies within it."""
        self._span = span

    async def __call__(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        """Surround the rest of the pipeline."""
        name, started, outcome = type(dispatch.message).__name__, time.perf_counter(), FAILED
        with self._span(f"command {name}"):
            try:
                result = await call_next(dispatch)
                outcome = result.error.code if isinstance(result, Err) else SUCCEEDED
            except DomainError as error:
                outcome = error.code
                raise
            else:
                return result
            finally:
                duration = round((time.perf_counter() - started) * 1_000, 2)
                _log.info("command.handled", command=name, outcome=outcome, duration_ms=duration)
