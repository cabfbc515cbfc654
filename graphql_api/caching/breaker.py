"""Leaving a server alone that fails, and saying so once."""

import time
from collections.abc import Callable

import structlog

from graphql_api.observability.outage import Outage

_log = structlog.stdlib.get_logger(__name__)


class Breaker:
    """Counts failures in a row; after `patience` it lets one attempt through in `pause` seconds, until one succeeds."""

    def __init__(
        self, name: str, *, patience: int = 3, pause: float = 1, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience
        self._pause = pause
        self._now = now
        self._failures = 0
        self._failed_at = 0.0
        self._next_attempt = 0.0
        self._outage = Outage(_log, "cache.failing", "cache.recovered", cache=name)

    @property
    def failing(self) -> bool:
        """Tell whether it failed lately."""
        return self._outage.lasts

    def allows(self) -> bool:
        """Tell whether to try; where only one attempt is due, this is it."""
        if self._failures < self._patience:
            return True
        now = self._now()
        if now < self._next_attempt:
            return False
        self._next_attempt = now + self._pause
        return True

    def failed(self, reason: str) -> None:
        """Count a failure."""
        self._failures += 1
        self._failed_at = self._now()
        self._next_attempt = self._failed_at + self._pause
        self._outage.begin(reason=reason)

    def succeeded(self) -> None:
        """Take note that it works. Where it only works now and then, it counts as failing still."""
        self._failures = 0
        if self.failing and self._now() - self._failed_at >= self._pause:
            self._outage.end()
