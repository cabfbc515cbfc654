"""A way to send an answer that tells its status to somebody."""

from collections.abc import Callable

from starlette.types import Message, Send


class WatchedSend:
    """Sends what an application sends, and tells the status of an answer that begins."""

    __slots__ = ("begun", "send")

    def __init__(self, send: Send, begun: Callable[[int], None]) -> None:
        self.send = send
        self.begun = begun

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        if message["type"] == "http.response.start":
            self.begun(message["status"])
        await self.send(message)
