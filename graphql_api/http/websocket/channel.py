"""A connection as messages of the protocol, each sent and received within limits."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from graphql_api.http.websocket.messages import CloseCode, Closing, Received, read, write

_GONE = 1006


class Channel:
    """Receives messages of at most `message_size` characters; each one sent may take `send_timeout` seconds."""

    def __init__(self, socket: WebSocket, *, message_size: int, send_timeout: float) -> None:
        self.headers = socket.headers
        self._socket = socket
        self._message_size = message_size
        self._send_timeout = send_timeout

    async def receive(self) -> Received:
        """Wait for a message. Raises Closing for what is none, and WebSocketDisconnect when the client leaves."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1000)
        text = message.get("text")
        if text is not None and len(text) > self._message_size:
            raise Closing(CloseCode.TOO_BIG, f"A message may have {self._message_size} bytes")
        return read(text)

    async def send(self, kind: str, id: str | None = None, payload: object = None) -> int:
        """Send a message, and give its size in bytes.

        Raises Closing where the client does not read, and WebSocketDisconnect where it has left.
        """
        message = write(kind, id, payload)
        try:
            async with asyncio.timeout(self._send_timeout):
                await self._socket.send_text(message.decode())
        except TimeoutError:
            raise Closing(CloseCode.TRY_AGAIN, "The client does not read what it is sent") from None
        except RuntimeError as error:  # Starlette's, once the connection is closed
            raise WebSocketDisconnect(_GONE) from error
        return len(message)

    async def close(self, closing: Closing) -> None:
        """Close the connection, unless the client does not read or has left."""
        try:
            async with asyncio.timeout(self._send_timeout):
                await self._socket.close(closing.code, closing.reason)
        except (TimeoutError, RuntimeError):
            pass
