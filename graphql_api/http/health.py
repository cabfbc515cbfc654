"""Liveness and readiness (requirements 7.1 to 7.5)."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_log = structlog.stdlib.get_logger(__name__)


class HealthCheck(Protocol):
    """One dependency of the server."""

    @property
    def name(self) -> str:
        """How the answer calls the dependency."""

    async def check(self) -> None:
        """Return when the dependency is usable; raise otherwise."""


class Unhealthy(Exception):
    """A failed check whose text may be read by everyone; of other exceptions only the class is told."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check; `error` is None when it passed."""

    name: str
    error: str | None
    duration_ms: float


class Readiness:
    """Whether the server should get requests: every check passes within `timeout` seconds."""

    def __init__(
        self,
        checks: Sequence[HealthCheck],
        *,
        timeout: float = 5.0,
        changed: Callable[[bool], None] | None = None,
    ) -> None:
        """Take the checks, and whom to tell of changes."""
        self._changed = changed
        self._checks = tuple(checks)
        self._timeout = timeout
        self._running: asyncio.Task[list[CheckResult]] | None = None
        self._was_ready: bool | None = None

    async def examine(self) -> list[CheckResult]:
        """Run all checks at once; callers at the same time share one round, however many they are."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._examine())
        # Whoever leaves early must not cancel the round for the others.
        return await asyncio.shield(self._running)

    async def _examine(self) -> list[CheckResult]:
        results = list(await asyncio.gather(*(self._run(check) for check in self._checks)))
        failed = {result.name: result.error for result in results if result.error is not None}
        ready = not failed
        if ready is not self._was_ready:
            self._was_ready = ready
            (_log.info if ready else _log.error)("health.changed", ready=ready, failed=failed)
            if self._changed is not None:
                self._changed(ready)
        return results

    async def _run(self, check: HealthCheck) -> CheckResult:
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
        return CheckResult(check.name, error, round((time.perf_counter() - started) * 1_000, 2))


def _public(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, Unhealthy):
        return None if error is None else str(error)
    # The text of a driver's exception may hold a URL with its password.
    return type(error).__name__


def health_routes(readiness: Readiness) -> list[Route]:
    """Give the routes `/health/live` and `/health/ready`."""

    async def live(_request: Request) -> Response:
        return _answer(200, {"status": "alive"})

    async def ready(_request: Request) -> Response:
        results = await readiness.examine()
        healthy = all(result.error is None for result in results)
        checks = {result.name: _outcome(result) for result in results}
        status = "ready" if healthy else "unavailable"
        return _answer(200 if healthy else 503, {"status": status, "checks": checks})

    return [Route("/health/live", live, name="live"), Route("/health/ready", ready, name="ready")]


def _outcome(result: CheckResult) -> dict[str, object]:
    outcome: dict[str, object] = {"status": "passed" if result.error is None else "failed"}
    if result.error is not None:
        outcome["error"] = result.error
    return {**outcome, "duration_ms": result.duration_ms}


def _answer(status: int, content: dict[str, object]) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
