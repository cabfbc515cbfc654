"""A server whose stop drops nobody whom the system has let in."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import uvicorn


class DrainingServer(uvicorn.Server):
    """A server that, told to stop, takes those who are connected but still in line, before it lets go of the line.

    The system resets a connection that nobody took by then, though its client has sent a request over it.
    """

    async def shutdown(self, sockets: Any = None) -> None:
        """Listen no more, answer whoever is connected, and end."""
        # In one turn of the loop, since others may come during the next one.
        in_line = [connection for server in self.servers for connection in self._in_line(server)]
        for server in self.servers:
            server.close()
        for connection in in_line:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await super().shutdown(sockets=sockets)

    def _in_line(self, server: asyncio.Server) -> Iterator[socket.socket]:
        for listening in server.sockets:
            # What an event loop shows of a socket takes no connections. A line ends with nobody in it, or where no more
            # files may be open. It is never longer than the backlog, but others join it meanwhile.
            with socket.fromfd(listening.fileno(), listening.family, listening.type) as line, suppress(OSError):
                line.setblocking(False)
                for _ in range(self.config.backlog):
                    yield line.accept()[0]

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]  # as uvicorn calls it
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
