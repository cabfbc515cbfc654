"""Time limits for many blocks at once: all of them may take equally long, so that one timer is enough.

Nearly every block ends in time. A timer of its own, which is then cancelled, would cost each ten times as much.
"""

import asyncio
from types import TracebackType
from typing import Protocol, Self


class Waiting(Protocol):
    """Something that is told when its time is over."""

    def expire(self) -> None:
        """Hear of it."""
        ...


class Line:
    """Those who wait in one event loop, in the order in which they came, which is that in which their times end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._ends: dict[Waiting, float] = {}
        self._has_timer = False

    def add(self, waiting: Waiting) -> None:
        """Have something wait."""
        end = self._ends[waiting] = self.loop.time() + self._seconds
        if not self._has_timer:
            self._look_at(end)

    def remove(self, waiting: Waiting) -> None:
        """Have something no longer wait, if it does."""
        self._ends.pop(waiting, None)

    def _look_at(self, end: float) -> None:
        self._has_timer = True
        self.loop.call_at(end, self._look)

    def _look(self) -> None:
        self._has_timer = False
        now = self.loop.time()
        over = []
        for waiting, end in self._ends.items():
            if end > now:
                self._look_at(end)
                break
            over.append(waiting)
        for waiting in over:
            self.remove(waiting)
            waiting.expire()


class Patience:
    """So many seconds, in whatever event loop somebody waits."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._line: Line | None = None

    def line(self) -> Line:
        """Give the line of this event loop, for something to wait in."""
        loop, line = asyncio.get_running_loop(), self._line
        if line is None or line.loop is not loop:
            line = self._line = Line(loop, self.seconds)
        return line


class TimeLimit:
    """A limit for one block: when its time is over it is cancelled and raises TimeoutError, as asyncio.timeout does."""

    expired = False

    def __init__(self, patience: Patience) -> None:
        self._line = patience.line()

    def __enter__(self) -> Self:
        task = asyncio.current_task(self._line.loop)
        if task is None:  # pragma: no cover  # a coroutine always runs in a task
            raise RuntimeError("Use TimeLimit inside a task.")
        self._task = task
        self._cancelling = task.cancelling()
        self._line.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._line.remove(self)
        if self.expired and self._is_cancelled(kind):
            raise TimeoutError from error

    def _is_cancelled(self, kind: type[BaseException] | None) -> bool:
        """Take back that the task was cancelled, and tell whether the block ended by nothing else."""
        # Somebody else may have cancelled the task as well.
        return self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError

    def expire(self) -> None:
        """Cancel the block."""
        self.expired = True
        self._task.cancel()
