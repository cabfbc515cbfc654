"""A stop that is announced: readiness ends first, so that load balancers send nothing more, then the server."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def announced_stop(announce: Callable[[], None], seconds: float) -> Iterator[None]:
    """Hold SIGTERM back for so long after it was announced, in a block within which a server waits for it.

    SIGINT ends the server at once.
    """
    server = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(server):
        yield
        return
    loop = asyncio.get_running_loop()
    announced = False

    def stop() -> None:
        nonlocal announced
        # A group of processes is told by its parent, and often by others too.
        if not announced:
            announced = True
            announce()
            loop.call_later(seconds, server, signal.SIGTERM, None)

    def hold_back(_signal: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop)

    signal.signal(signal.SIGTERM, hold_back)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, server)
