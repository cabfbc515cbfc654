"""A server in this process, as `graphql-api serve` runs it but for its sockets, and what Python executes in it.

Requests come by uvicorn's protocol over connections that write nowhere.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final
from unittest.mock import patch

import uvicorn
from uvicorn.lifespan.on import LifespanOn
from uvicorn.server import ServerState

from graphql_api.cli.serving import APPLICATION, INTERFACE
from graphql_api.execution import hang_up
from graphql_api.http.draining import DrainingProtocol

WARM_UP: Final = 5
"""How often each connection asks before anything is counted."""
SECONDS: Final = 300
_DATE: Final = (b"date", b"Fri, 27 Nov 2026 12:00:00 GMT")


class Connection(asyncio.Transport):
    """The server's side of a connection, whose client looks at the first bytes of each answer only."""

    def __init__(self, answered: Callable[[bytes], None]) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self._answered = answered

    def write(self, data: Any) -> None:
        """Take an answer, or a part of one."""
        self._answered(data)

    def is_closing(self) -> bool:
        """Tell that nobody closes it."""
        return False

    def resume_reading(self) -> None:
        """Do nothing: the client sends one request at a time."""


class Clients:
    """Connections that ask at the same time, and ask again once all are answered."""

    def __init__(self, protocols: Sequence[asyncio.Protocol]) -> None:
        self._protocols = protocols
        self._unanswered = 0
        for protocol in protocols:
            protocol.connection_made(Connection(self._take))

    async def ask(self, requests: Iterator[bytes]) -> None:
        """Send one request over each connection, and wait for the answers."""
        self._unanswered = len(self._protocols)
        self._done = asyncio.get_running_loop().create_future()
        for protocol in self._protocols:
            protocol.data_received(next(requests))
        await self._done

    def _take(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 "):
            self._unanswered -= 1
            if not data.startswith(b"HTTP/1.1 200"):
                self._done.set_exception(RuntimeError(f"the server answered {data[:500]!r}"))
            elif not self._unanswered:
                self._done.set_result(None)


class Count(Counter[CodeType]):
    """Bytecode instructions by the function that they are part of."""

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what this thread executes within the block, in functions that are called or resumed there."""
        sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(None)

    def _entered(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename == __file__:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._executed

    def _executed(self, frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        if event == "opcode":
            self[frame.f_code] += 1
        return self._executed


async def executed(requests: Sequence[bytes], connections: int, number: int) -> Count:
    """Serve, and count what so many requests take over so many connections."""
    config = uvicorn.Config(
        APPLICATION, factory=True, interface=INTERFACE, lifespan="on", log_config=None, proxy_headers=False
    )
    config.access_log = False
    config.load()
    lifespan, state = LifespanOn(config), ServerState()
    await lifespan.startup()
    if lifespan.should_exit:
        raise RuntimeError("the server did not start: see what it logged")
    state.default_headers = [_DATE]
    clients = Clients([DrainingProtocol(config, state, lifespan.state) for _ in range(connections)])
    count, following = Count(), cycle(requests)
    for _ in range(WARM_UP):
        await clients.ask(following)
    with count.counting():
        for _ in range(number // connections):
            await clients.ask(following)
    await lifespan.shutdown()
    return count


def main(requests: str, counts: str, connections: str, number: str) -> None:
    """Read requests from a file, a JSON string on each line, and write what they took to another, by function."""
    messages = [json.loads(line).encode() for line in Path(requests).read_text().splitlines()]
    config = uvicorn.Config(APPLICATION)
    answered = asyncio.wait_for(executed(messages, int(connections), int(number)), SECONDS)
    # To be counted makes a request so slow that the server would listen for each client to leave.
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner, patch.object(hang_up, "UNHEARD", SECONDS):
        count = runner.run(answered)
    functions = [[code.co_filename, code.co_qualname, executed] for code, executed in count.most_common()]
    Path(counts).write_text(json.dumps(functions))


if __name__ == "__main__":
    main(*sys.argv[1:])
