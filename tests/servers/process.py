"""Processes of the test servers: started out of reach of Ctrl-C, awaited and stopped within limits."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launcher.py")
PORT_ATTEMPTS = 3
START_SECONDS = 30.0
STOP_SECONDS = 15.0


class ServerFailed(RuntimeError):
    """A test server did not start."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        super().__init__(f"{command[0]} did not start; its log says:\n{log.read_text(errors='replace')}")


def launched(command: Sequence[str], user: str) -> list[str]:
    """Return the command that starts another under a user."""
    # -I -S: nothing of the test environment is needed, and it starts in a third of the time.
    return [sys.executable, "-I", "-S", str(LAUNCHER), user, *command]


def free_port() -> int:
    """Return a port of this machine that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def listening(
    command: Callable[[int], Sequence[str]], *, ready: Callable[[int], bool], log: Path, user: str = ""
) -> Iterator[int]:
    """Run a server on a free port until the block ends, and give the port.

    Raises `ServerFailed` when it ends, or is not ready within `START_SECONDS`.
    """
    attempts = PORT_ATTEMPTS
    with contextlib.ExitStack() as stack:
        while True:
            port = free_port()
            server = running(command(port), ready=partial(ready, port), log=log, user=user)
            try:
                stack.enter_context(server)
                break
            except ServerFailed:
                attempts -= 1
                if not attempts:  # Before that, somebody may have taken the port.
                    raise
        yield port


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    ready: Callable[[], bool],
    log: Path,
    user: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Run a server until the block ends, and give its process id."""
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches the tests alone, which then stop their servers in order.
        process = subprocess.Popen(
            launched(command, user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env=environment,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(command, log)
            time.sleep(0.01)
        yield process.pid
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a process, and kill it when that has not ended it within `STOP_SECONDS`."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that every user can enter, which pytest's own are not, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="graphql-api-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
