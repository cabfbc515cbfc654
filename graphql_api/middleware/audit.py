"""Keeping a log of commands for staff: success is stored with the change, failure by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import structlog

from domain.command_log.entity import CommandLogEntry
from domain.kernel.bus import Dispatch, Next
from domain.kernel.errors import DomainError, Unavailable
from domain.kernel.messages import Command
from domain.kernel.result import Err, Ok
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.viewer import ANONYMOUS

UNEXPECTED = "FAILED"

_log = structlog.stdlib.get_logger(__name__)


class Audit:
    """Two steps of the pipeline: `succeeded` lies within the transaction, `failed` around it."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], keep: timedelta) -> None:
        self._unit_of_work = unit_of_work
        self._keep = keep

    async def succeeded(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        """Note a success together with what it changed: there is no change without its entry, and no entry without."""
        result = await call_next(dispatch)
        if isinstance(result, Ok):
            cast(UnitOfWork, dispatch.work).note(CommandLogEntry.of(dispatch, self._keep, result=result.value))
        return result

    async def failed(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        """Note a failure once its transaction has ended."""
        try:
            result = await call_next(dispatch)
        except Unavailable:
            # Neither could the entry be stored.
            raise
        except DomainError as error:
            await self._note(dispatch, error.code)
            raise
        except Exception:
            await self._note(dispatch, UNEXPECTED)
            raise
        if isinstance(result, Err):
            await self._note(dispatch, result.error.code)
        return result

    async def _note(self, dispatch: Dispatch[Command[Any]], outcome: str) -> None:
        # Nobody in particular could fill the log by asking for what is not for them.
        if dispatch.viewer == ANONYMOUS:
            return
        try:
            async with self._unit_of_work() as work:
                work.note(CommandLogEntry.of(dispatch, self._keep, outcome))
                await work.commit()
        except Exception as error:  # noqa: BLE001  # what failed before is what the client has to hear of
            _log.warning("audit.failed", command=type(dispatch.message).__name__, error=type(error).__name__)
