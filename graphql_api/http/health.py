"""Whether the server should get requests (requirements 7.2 to 7.5)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog

from graphql_api.observability.health import HealthCheck, Unhealthy

_log = structlog.stdlib.get_logger(__name__)


class Status(StrEnum):
    """How a server is."""

    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"
    STOPPING = "stopping"

    @property
    def takes_requests(self) -> bool:
        """Tell whether it should get requests."""
        return self in {Status.READY, Status.DEGRADED}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check; `error` is None when it passed. What is not `vital` does not end readiness."""

    name: str
    error: str | None
    duration_ms: float
    vital: bool = True


class Changed(Protocol):
    """Whoever is told what the server became."""

    def __call__(self, status: str, *, ready: bool) -> None:
        """Take note of it, and of whether the server takes requests so."""


class Readiness:
    """Whether the server should get requests: every check passes within `timeout` seconds.

    What is wrong with the `secondary` ones somebody has to look at, while requests are answered as before.
    """

    def __init__(
        self,
        checks: Sequence[HealthCheck],
        secondary: Sequence[HealthCheck] = (),
        *,
        timeout: float = 5.0,
        changed: Changed | None = None,
    ) -> None:
        """Take the checks, and whom to tell of changes."""
        self._changed = changed
        self._checks = [*((check, True) for check in checks), *((check, False) for check in secondary)]
        self._timeout = timeout
        self._running: asyncio.Task[list[CheckResult]] | None = None
        self._was: Status | None = None
        self.started = False
        """Whether it was ready at any time."""

    async def examine(self) -> tuple[Status, list[CheckResult]]:
        """Run all checks at once; callers at the same time share one round, however many they are."""
        if self._was is Status.STOPPING:
            return Status.STOPPING, []
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._examine())
        # Whoever leaves early must not cancel the round for the others.
        results = await asyncio.shield(self._running)
        return self._was or _status(results), results

    def stop(self) -> None:
        """Take no more requests, from now on to the end."""
        self._become(Status.STOPPING, {})

    async def _examine(self) -> list[CheckResult]:
        results = list(await asyncio.gather(*(self._run(check, vital) for check, vital in self._checks)))
        self._become(_status(results), {result.name: result.error for result in results if result.error is not None})
        return results

    def _become(self, status: Status, failed: dict[str, str | None]) -> None:
        before = self._was
        if before in {status, Status.STOPPING}:
            return
        self._was = status
        self.started = self.started or status.takes_requests
        say = _log.error if status is Status.UNAVAILABLE else _log.warning if failed else _log.info
        say("health.changed", ready=status.takes_requests, status=status, failed=failed)
        if self._changed is not None:
            self._changed(status, ready=status.takes_requests)

    async def _run(self, check: HealthCheck, vital: bool) -> CheckResult:
        started = time.perf_counter()
        task = asyncio.create_task(check.check())
        # Not asyncio.timeout, which would wait for a check that does not let itself be cancelled.
        done, _ = await asyncio.wait({task}, timeout=self._timeout)
        if not done:
            task.cancel()
            error: str | None = f"no answer within {self._timeout:g} s"
        elif task.cancelled():
            error = "cancelled"
        else:
            error = _public(task.exception())
        return CheckResult(check.name, error, round((time.perf_counter() - started) * 1_000, 2), vital)


def _status(results: Sequence[CheckResult]) -> Status:
    failed = [result for result in results if result.error is not None]
    if not failed:
        return Status.READY
    return Status.UNAVAILABLE if any(result.vital for result in failed) else Status.DEGRADED


def _public(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, Unhealthy):
        return None if error is None else str(error)
    # The text of a driver's exception may hold a URL with its password.
    return type(error).__name__
