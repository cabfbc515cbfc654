"""An address that leads to a server: to another one, as that of a service does which fails over, or to none."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class Address:
    """Where those who connect are led to; who is connected stays where they are, until the way is cut."""

    host: str
    target: int
    port: int = 0
    """Where it listens: the same port again after it was mended."""
    _listening: asyncio.Server | None = None
    _connected: set[asyncio.Task[None]] = field(default_factory=set)

    async def mend(self) -> None:
        """Listen, on a free port at first."""
        self._listening = await asyncio.start_server(self._lead, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection, and take no more."""
        if self._listening is not None:
            self._listening.close()
        for task in self._connected:
            task.cancel()
        await asyncio.gather(*self._connected, return_exceptions=True)
        # Sockets are closed by what the loop does next.
        await asyncio.sleep(0)

    def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass(reader, writer))
        self._connected.add(task)
        task.add_done_callback(self._connected.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what one connection brings, both ways, until both ends are closed or the way is cut."""
        with contextlib.ExitStack() as ends:
            ends.callback(writer.transport.abort)
            answers, questions = await asyncio.open_connection(self.host, self.target)
            ends.callback(questions.transport.abort)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(reader, questions))
                both.create_task(_pass_on(answers, writer))


@contextlib.asynccontextmanager
async def forwarding(host: str, target: int) -> AsyncIterator[Address]:
    """Listen as long as the block lasts."""
    address = Address(host, target)
    await address.mend()
    try:
        yield address
    finally:
        await address.cut()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
