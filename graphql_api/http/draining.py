"""Connections that end without dropping a request: one that is on its way when the server stops is still answered.

A stream has no end that could be waited for, so it is cut off: when the server stops, or the client does not read.
"""

from asyncio import BaseTransport, TimerHandle, Transport
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from graphql_api.http.event_stream import stream_patience
from graphql_api.http.joined_writes import JoinedWrites
from graphql_api.http.known_heads import KnownHeads

# A request that was sent before its client could know of the end has arrived by then.
GRACE: Final = 0.5  # seconds
_CLOSE: Final = (b"connection", b"close")


class DrainingProtocol(KnownHeads):
    """HTTP/1.1 that, told to shut down, closes an idle connection only when nothing more has come in on it.

    A connection is idle, too, before its first request and as long as the head of one has not come whole.
    """

    _unread: TimerHandle | None = None
    _idle_since: float | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Take a connection."""
        super().connection_made(cast(Transport, JoinedWrites(cast(Transport, transport), self.loop)))
        self._idle_since = self.loop.time()
        self._look_again(self.timeout_keep_alive)

    def on_message_begin(self) -> None:
        """Begin to read a head: from here on it may take as long as a connection may be idle."""
        super().on_message_begin()
        if self._idle_since is not None:
            self._idle_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Take a request, whose head has come."""
        # The timer goes on: to start and stop one for each request would take longer than to look.
        self._idle_since = None
        super().on_headers_complete()

    def take_known(self, scope: dict[str, Any], body: bytes) -> None:
        """Take a request that has come whole."""
        self._idle_since = None
        super().take_known(scope, body)

    def shutdown(self) -> None:
        """Finish what is in flight; tell whoever still asks, with the answer, that the connection ends."""
        if _CLOSE not in self.server_state.default_headers:
            self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # None before any request
            self.loop.call_later(GRACE, self._close_when_idle)
        elif self._stream_patience() is not None:
            # It would not end by itself; its client connects again and goes on after the last event that it had.
            self.transport.close()
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """Wait for the client to read: for so long, where it follows a stream."""
        super().pause_writing()
        patience = self._stream_patience()
        if patience is not None:
            self._unread = self.loop.call_later(patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on, since the client has read."""
        super().resume_writing()
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the connection."""
        super().connection_lost(exc)
        self._stop_waiting()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has been idle for as long as it may; a busy one is looked at once it is idle."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(left)
        else:
            super().timeout_keep_alive_handler()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        """Leave the timer alone where uvicorn would stop it: bytes alone are no request."""

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _stream_patience(self) -> float | None:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # as it is before any request
        return None if cycle is None else stream_patience(cycle.scope)

    def _close_when_idle(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
