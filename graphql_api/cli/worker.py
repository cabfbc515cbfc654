"""One of several processes that serve: what it runs, and what its parent knows of it."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from socket import socket
from typing import Final

import uvicorn

from graphql_api.http.server import DrainingServer

LOOK: Final = 0.25  # seconds between two looks of the parent
_SILENT_LOOKS: Final = 120
"""So often a process that lives may have said nothing. Looks are counted, not seconds, as all may have been paused."""

_spawning = multiprocessing.get_context("spawn")


class Worker:
    """A process that serves, and tells its parent that it lives and whether it has started."""

    def __init__(self, config: uvicorn.Config, listening: socket) -> None:
        self._heard, telling = multiprocessing.Pipe(duplex=False)
        self._process = _spawning.Process(target=_serve, args=(config, listening, telling))
        with interrupts_held_back():
            self._process.start()
        telling.close()
        self.begun = time.monotonic()
        self.is_ready = False
        self._silent = 0

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """How it ended, or None while it lives."""
        return self._process.exitcode

    def look(self) -> bool:
        """Hear what it told since the last look; tell whether it lives and does not hang."""
        self._silent += 1
        try:
            while self._heard.poll():
                self.is_ready = self._heard.recv()
                self._silent = 0
        except EOFError:
            return False
        return self.exit_status is None and self._silent < _SILENT_LOOKS

    def is_settled(self) -> bool:
        """Tell whether it has started, or never will."""
        return not self.look() or self.is_ready

    def has_ended(self) -> bool:
        """Tell whether it is there no more."""
        return self.exit_status is not None

    def stop(self) -> None:
        """Tell it to answer what it has, and to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self._process.kill()
        self._process.join()


def _serve(config: uvicorn.Config, listening: socket, telling: Connection) -> None:
    server = DrainingServer(config)
    threading.Thread(target=_tell, args=(server, telling), daemon=True).start()
    # Until the server takes interrupts they end the process, without a traceback of what it was importing.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    server.run([listening])


def _tell(server: uvicorn.Server, telling: Connection) -> None:
    """Tell the parent of this process; stop where it has died, since nobody would ever tell the process to."""
    try:
        while True:
            telling.send(server.started)
            time.sleep(1 if server.started else 0.1)
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Have an interrupt, which a terminal sends to all, wait in a process that begins: it cannot take one yet.

    It waits there until it is let through, and in this process until the block ends.
    """
    # It would let interrupts through when it begins, with the first process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
