"""What processes use, as Linux counts it under /proc."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg

from tests.performance.running import run_async

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
GONE = (FileNotFoundError, ProcessLookupError)


def cpu_seconds(process: int) -> float:
    """Return the processor time of a process and all its children, ended ones included."""
    return sum(_own_and_ended(one) for one in family(process))


def resident_bytes(process: int) -> int:
    """Return the memory that a process and its children hold now."""
    return sum(_status(one, "VmRSS") for one in family(process))


def peak_bytes(process: int) -> int:
    """Return the most memory that a process held since its peak was last forgotten."""
    return _status(process, "VmHWM")


def state(process: int) -> str:
    """Return what Linux says that a process is doing, Z once it has ended, or nothing when it is gone."""
    with suppress(*GONE):
        return _statistics(process)[0]
    return ""


def forget_peak(process: int) -> None:
    """Let the peak of a process count from now."""
    (PROC / str(process) / "clear_refs").write_text("5")


def family(process: int) -> Iterator[int]:
    """Yield a process and its children, and theirs."""
    yield process
    with suppress(*GONE):
        for task in (PROC / str(process) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def postmaster(url: str) -> int:
    """Return the process of a PostgreSQL server on this machine: the parent of each that serves a connection."""
    return run_async(_postmaster(url))


async def _postmaster(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return _parent(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def _parent(process: int) -> int:
    return int(_statistics(process)[1])


def _own_and_ended(process: int) -> float:
    # A clock of a process that is gone is none.
    with suppress(OSError):
        # Only of children that have ended nobody knows more than ticks, a hundred in a second (see proc_pid_stat(5)).
        return time.clock_gettime(_clock_of(process)) + sum(map(int, _statistics(process)[13:15])) / TICKS
    return 0.0


def _clock_of(process: int) -> int:
    """Name the clock that counts a process's own time, in the way of clock_getcpuclockid(3), which Python lacks."""
    return ~process << 3 | 2


def _statistics(process: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on; the second may hold spaces."""
    return (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def _status(process: int, field: str) -> int:
    with suppress(*GONE):
        for line in (PROC / str(process) / "status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0
