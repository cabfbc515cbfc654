"""WebSocket connections that end in time, whether or not the client reads."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class EndingProtocol(WebSocketsSansIOProtocol):
    """A connection whose close code is sent to those, too, who have left much unread; then it is cut off."""

    async def send(self, message: Any) -> None:
        """Send; what closes the connection does not wait until the client has read all that came before."""
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        self.writable.set()
        await super().send(message)
        if self.close_timer is not None:
            # uvicorn's would go on waiting for the client to read.
            self.close_timer.cancel()
            self._cut_off_later()

    def keepalive_timeout(self) -> None:
        """Give up a client that answers no ping."""
        super().keepalive_timeout()
        self._cut_off_later()

    def _cut_off_later(self) -> None:
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
