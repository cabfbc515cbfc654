"""An address that leads to one server, and then to another, as that of a service does which fails over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Address:
    """Where those who connect are led to; who is connected stays where they are."""

    target: str
    url: str = ""

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what one connection brings, both ways."""
        there = urlsplit(self.target)
        answers, questions = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(_pass_on(reader, questions), _pass_on(answers, writer))


@contextlib.asynccontextmanager
async def forwarding(target: str) -> AsyncIterator[Address]:
    """Listen on a free port as long as the block lasts."""
    address = Address(target)
    listening = await asyncio.start_server(address.lead, "127.0.0.1", 0)
    async with listening:
        address.url = f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0"
        yield address


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
