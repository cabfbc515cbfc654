"""`python -m tests.performance.collectors`: what requests notice of a collector that is slow, silent or away.

Every request is recorded. The same server runs with each collector, and without telemetry, and each is asked for a
moment in turn, one request after the other, so that what disturbs the machine disturbs them alike.
"""

import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from tests.performance import ours
from tests.performance.client import post_for
from tests.performance.questions import OWN_VALUES, own_bodies
from tests.performance.sink import collector
from tests.performance.system import System
from tests.performance.usage import peak_bytes, resident_bytes, state
from tests.servers.process import free_port

QUERY: Final = "Q1"
OFF: Final = "off"
SLOW_SECONDS: Final = 1.0
SHARES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
LONGEST_STOP: Final = 30.0
MILLION: Final = 1e6


def main(
    *,
    rounds: Annotated[int, typer.Option(min=2, help="How often to ask each server.")] = 120,
    seconds: Annotated[float, typer.Option(min=0.1, help="For how long each time.")] = 0.5,
) -> None:
    """Measure, and show how long requests took, what memory the servers held, and how long they took to stop."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphql-api-collectors-")))
        systems = [*_systems(stack, scratch)]
        latencies: dict[str, list[float]] = {system.name: [] for system in systems}
        memory: dict[str, list[int]] = {system.name: [] for system in systems}
        for _ in range(rounds):
            for system in systems:
                latencies[system.name] += _asked(system, seconds)
                memory[system.name].append(resident_bytes(system.process))
        typer.echo(
            f"{'':10}" + "".join(f"{name:>9}" for name in (*SHARES, "requests", "early", "late", "peak", "stop"))
        )
        for system in systems:
            typer.echo(_line(system, sorted(latencies[system.name]), memory[system.name]))


def _systems(stack: ExitStack, scratch: Path) -> Iterator[System]:
    database, bodies = f"sqlite:///{scratch / 'store.sqlite'}", own_bodies(OWN_VALUES, lambda _: None)
    ours.fill(database)
    endpoints = {
        "live": stack.enter_context(collector(scratch / "live.log")),
        "slow": stack.enter_context(collector(scratch / "slow.log", SLOW_SECONDS)),
        "silent": stack.enter_context(_silent()),
        "away": f"http://127.0.0.1:{free_port()}",
    }
    every: Mapping[str, Mapping[str, str]] = {
        OFF: {},
        **{
            name: {"TELEMETRY__ENDPOINT": endpoint, "TELEMETRY__SAMPLE_RATIO": "1"}
            for name, endpoint in endpoints.items()
        },
    }
    for name, settings in every.items():
        serving = stack.enter_context(ours.serving(database, scratch / f"server-{name}.log", settings))
        yield System(name, serving.url, serving.process, bodies, serving.headers)


@contextmanager
def _silent() -> Iterator[str]:
    """Take connections, as the kernel does, and never read what comes on them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _asked(system: System, seconds: float) -> Sequence[float]:
    latencies, _, failed = post_for(system.url, system.bodies[QUERY], system.headers, 1, seconds)
    if failed:
        raise SystemExit(f"{system.name} failed {failed} times")
    return latencies


def _line(system: System, latencies: Sequence[float], memory: Sequence[int]) -> str:
    """Show milliseconds, the memory after a quarter of the time and at the end, and how long stopping took."""
    shown = [f"{latencies[int(share * len(latencies))] * 1e3:9.3f}" for share in SHARES.values()]
    held = (memory[len(memory) // 4], memory[-1], peak_bytes(system.process))
    shown += [
        f"{len(latencies):9}",
        *(f"{one / MILLION:6.1f} MB" for one in held),
        f"{_stopped(system.process):7.2f} s",
    ]
    return f"{system.name:10}" + "".join(shown)


def _stopped(process: int) -> float:
    """Have a process end, and give the seconds that it took."""
    began = time.monotonic()
    os.kill(process, signal.SIGTERM)
    while state(process) not in {"", "Z"} and time.monotonic() < began + LONGEST_STOP:
        time.sleep(0.005)
    return time.monotonic() - began


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
