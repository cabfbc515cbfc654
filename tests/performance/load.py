"""Load on a server: requests over a number of connections for some seconds."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tests.performance.client import post_for
from tests.performance.system import System

SCRIPT = Path(__file__).with_name("post.lua")
GRACE_SECONDS = 60
LARGEST_WAIT = "20s"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it; latencies are in milliseconds."""

    requests: int
    seconds: float
    bytes: int
    p50: float
    p99: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds if self.seconds else 0.0


class LoadGenerator(Protocol):
    """Something that puts load on a server."""

    def __call__(self, system: System, query: str, connections: int, seconds: float) -> Load: ...


def load_generator(scratch: Path) -> LoadGenerator:
    """Choose wrk where it is installed, which takes the least from the server, and a client in Python elsewhere."""
    if shutil.which("wrk"):
        return _Wrk(scratch)
    return _in_python


class _Wrk:
    """wrk, which reads its requests from a file."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch

    def __call__(self, system: System, query: str, connections: int, seconds: float) -> Load:
        bodies = self._scratch / f"{system.name}-{query}.jsonl"
        bodies.write_text("".join(f"{body}\n" for body in system.bodies[query]))
        command = [
            *("wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", LARGEST_WAIT),
            *("-s", str(SCRIPT), system.url, "--", str(bodies), urlsplit(system.url).path),
            *(f"{name}: {value}" for name, value in system.headers.items()),
        ]
        output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
        return read_wrk(output.stdout)


def read_wrk(output: str) -> Load:
    """Read what the script for wrk wrote at its end."""
    _, found, line = output.partition("RESULT ")
    if not found:
        raise ValueError(f"wrk gave no result: {output}")
    return Load(**json.loads(line))


def _in_python(system: System, query: str, connections: int, seconds: float) -> Load:
    latencies, answered, failed = post_for(system.url, system.bodies[query], system.headers, connections, seconds)
    ordered = sorted(latencies) or [0.0]
    return Load(
        requests=len(latencies),
        seconds=seconds,
        bytes=answered,
        p50=ordered[len(ordered) // 2] * 1e3,
        p99=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1e3,
        errors=failed,
    )
