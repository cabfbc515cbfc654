"""Writes that belong together, sent together: the head of an answer and its body are two for uvicorn.

Each write that is not held back is a system call, and a packet of its own for the client to wake up for.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Iterable
from typing import Any


class JoinedWrites:
    """A transport that sends two writes of one turn of the event loop as one; a single one is sent when the turn ends.

    Whatever else is asked of it, the transport below does.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data soon, or at once with what is held back."""
        if not data:
            return
        held, self._held = self._held, None
        if held is not None:
            self._transport.writelines((held, data))
        else:
            self._held = data
            self._loop.call_soon(self._send)

    def writelines(self, data: Iterable[bytes]) -> None:
        """Send several pieces of data."""
        if self._held is not None:
            self._send()
        # Since Python 3.12 asyncio keeps an empty piece for ever, looks at it in each turn, and never closes.
        self._transport.writelines(list(filter(None, data)))

    def write_eof(self) -> None:
        """Say that nothing follows what was written."""
        self._send()
        self._transport.write_eof()

    def close(self) -> None:
        """Close once everything is sent."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close at once, whatever is not sent."""
        self._held = None
        self._transport.abort()

    def _send(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._transport.write(held)
