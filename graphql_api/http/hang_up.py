"""Work that stops when the client hangs up."""

import asyncio
from types import TracebackType

from starlette.types import Receive

from graphql_api.execution.time_limit import Patience
from graphql_api.http.errors import ClientLeft

# Most operations are done before then, and are spared the task that listens.
_PATIENCE = Patience(0.02)


class StopOnHangUp:
    """Cancel the block when the connection closes, and raise ClientLeft in its place.

    The body must have been read: whatever arrives after it says that the client has left.
    """

    __slots__ = ("_cancelling", "_left", "_line", "_listener", "_receive", "_task")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._line = _PATIENCE.line()
        self._listener: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task(self._line.loop)
        if task is None:  # pragma: no cover  # a coroutine always runs in a task
            raise RuntimeError("Use StopOnHangUp inside a task.")
        self._task = task
        self._cancelling = task.cancelling()
        self._line.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._line.remove(self)
        if self._listener is not None:
            self._listener.cancel()
            # What it was cancelled with refers to this block, and so to all that a request holds.
            self._listener = None
        # As asyncio.timeout does it: somebody else may have cancelled the task as well.
        if self._left and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise ClientLeft from error

    def expire(self) -> None:
        """Listen, now that the block takes a while."""
        self._listener = asyncio.create_task(self._cancel_on_disconnect())

    async def _cancel_on_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._task.cancel()
