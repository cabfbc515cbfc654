"""Something outside that is away for a while: operators are told once when that begins, and once when it is over."""

import time
from typing import Any

from structlog.stdlib import BoundLogger


class Outage:
    """Writes a record when attempts begin to fail, and another one when they succeed again, however many there are."""

    def __init__(self, log: BoundLogger, begins: str, ends: str, **facts: Any) -> None:
        """Take what the two records are called, and facts that both have."""
        self._log = log
        self._begins = begins
        self._ends = ends
        self._facts = facts
        self._since: float | None = None

    @property
    def lasts(self) -> bool:
        """Tell whether it began and is not over."""
        return self._since is not None

    def begin(self, **facts: Any) -> None:
        """Take down that an attempt failed."""
        if self._since is None:
            self._since = time.monotonic()
            self._log.warning(self._begins, **self._facts, **facts)

    def end(self) -> None:
        """Take down that an attempt succeeded."""
        if self._since is not None:
            seconds, self._since = time.monotonic() - self._since, None
            self._log.warning(self._ends, **self._facts, seconds=round(seconds, 1))
