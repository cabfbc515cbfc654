"""Connections that end without dropping a request: one that is on its way when the server stops is still answered."""

from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graphql_api.http.event_stream import is_streaming

# A request that was sent before its client could know of the end has arrived by then.
GRACE: Final = 0.5  # seconds
_CLOSE: Final = (b"connection", b"close")


class DrainingProtocol(HttpToolsProtocol):
    """HTTP/1.1 that, told to shut down, closes an idle connection only when nothing more has come in on it."""

    def shutdown(self) -> None:
        """Finish what is in flight; tell whoever still asks, with the answer, that the connection ends."""
        if _CLOSE not in self.server_state.default_headers:
            self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # None before any request
            self.loop.call_later(GRACE, self._close_when_idle)
        elif is_streaming(cast("dict[str, Any]", self.cycle.scope)):
            # It would not end by itself; its client connects again and goes on after the last event that it had.
            self.transport.close()
        else:
            super().shutdown()

    def _close_when_idle(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
