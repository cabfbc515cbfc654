"""Leaving a server alone that fails, and saying so once."""

import time
from collections.abc import Callable
from typing import Final

import structlog

_log = structlog.stdlib.get_logger(__name__)

PATIENCE: Final = 3  # failures in a row
PAUSE: Final = 1.0  # seconds between attempts after that


class Breaker:
    """Counts failures in a row; after a few it lets one attempt a second through, until one succeeds."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._now = now
        self._failures = 0
        self._failed_at = 0.0
        self._next_attempt = 0.0
        self.failing = False

    def allows(self) -> bool:
        """Tell whether to try; where only one attempt is due, this is it."""
        if self._failures < PATIENCE:
            return True
        now = self._now()
        if now < self._next_attempt:
            return False
        self._next_attempt = now + PAUSE
        return True

    def failed(self, reason: str) -> None:
        """Count a failure."""
        self._failures += 1
        self._failed_at = self._now()
        self._next_attempt = self._failed_at + PAUSE
        if not self.failing:
            self.failing = True
            _log.warning("cache.failing", cache=self._name, reason=reason)

    def succeeded(self) -> None:
        """Take note that it works. Where it only works now and then, it counts as failing still."""
        self._failures = 0
        if self.failing and self._now() - self._failed_at >= PAUSE:
            self.failing = False
            _log.warning("cache.recovered", cache=self._name)
