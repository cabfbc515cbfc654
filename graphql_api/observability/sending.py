"""A way to send an answer that keeps its status for whoever asks."""

from starlette.types import Message, Send


class WatchedSend:
    """Sends what an application sends, and keeps the status of an answer that begins."""

    __slots__ = ("send", "status")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self.send(message)
