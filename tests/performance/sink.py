"""`python -m tests.performance.sink PORT SECONDS`: a collector of telemetry that forgets what it gets.

It is a process of its own, and takes so many seconds to answer.
"""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.servers.process import free_port, running

_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
_PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def collector(log: Path, wait: float = 0) -> Iterator[str]:
    """Run one that takes so many seconds to answer, and give its endpoint."""
    port = free_port()

    def ready() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    command = [sys.executable, "-m", "tests.performance.sink", str(port), str(wait)]
    with running(command, ready=ready, log=log, folder=_PROJECT):
        yield f"http://127.0.0.1:{port}"


async def take(wait: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take whatever comes on one connection."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            await asyncio.sleep(wait)
            writer.write(_TAKEN)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: int, wait: float) -> None:
    """Listen until the process is ended."""
    server = await asyncio.start_server(partial(take, wait), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
