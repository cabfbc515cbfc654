"""Commands run on a pseudo-terminal, and when each line of what they say came."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WIDTH: Final = 100
HEIGHT: Final = 40
LONGEST: Final = 120.0
_NO_COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Zac-ln-z]|\x1b\][^\x07]*\x07|\x1b[=>]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of output, with its colours, and the seconds after the command at which it was there."""

    after: float
    text: str


@contextmanager
def run(command: str, folder: Path, environment: Mapping[str, str], until: str | None) -> Iterator[list[Line]]:
    """Run a command until it ends, or has said something and goes on; it is ended with the block."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    process = subprocess.Popen(
        ["bash", "-c", command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield list(_lines(ours, until))
    finally:
        if process.poll() is None and until is not None:
            os.killpg(process.pid, signal.SIGTERM)
        status = process.wait(LONGEST)
        os.close(ours)
    if status and until is None:
        raise SystemExit(f"{command}: ended with status {status}")


def _lines(terminal: int, until: str | None) -> Iterator[Line]:
    begun, unread = time.monotonic(), ""
    while (text := _read(terminal, begun + LONGEST)) is not None:
        *lines, unread = (unread + text).split("\n")
        now = time.monotonic() - begun
        yield from (Line(now, _shown(line)) for line in lines)
        if until is not None and any(until in line for line in lines):
            return
    if unread:
        yield Line(time.monotonic() - begun, _shown(unread))


def _read(terminal: int, deadline: float) -> str | None:
    if not select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
        raise SystemExit("A command says nothing more, and does not end.")
    try:
        return os.read(terminal, 65_536).decode(errors="replace") or None
    except OSError:  # how Linux says that nobody has the other side open
        return None


def _shown(line: str) -> str:
    """Leave what stands after the last return to the start of the line, with its colours."""
    return _NO_COLOUR.sub("", line.rstrip("\r")).rsplit("\r", 1)[-1]
