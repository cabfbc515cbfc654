"""`python -m tests.performance.hits`: an answer that is kept, beside a bare endpoint with the same bytes, by HTTP.

On PostgreSQL, with everything on; both by uvicorn, in one process each, in turn.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from tests.performance import ours
from tests.performance.asking import post, responds
from tests.performance.bare import FILES
from tests.performance.contest import filled, postgres
from tests.performance.load import Load, LoadGenerator, load_generator
from tests.performance.measuring import each
from tests.performance.system import System
from tests.performance.usage import cpu_seconds
from tests.servers.process import free_port, running

QUESTION = "query($where: TrackFilter) { tracks(where: $where, first: 20) { nodes { id name unitPrice } } }"
BODY = json.dumps({"query": QUESTION, "variables": {"where": {"genre": {"eq": "Rock"}}}})
KEEPING = {"CACHE__ENABLED": "true", "CACHE__TTL": "3600"}
WARM_UP_SECONDS = 2


@contextmanager
def bare(kept: System, scratch: Path) -> Iterator[System]:
    """Serve the answer to one request that another server gives."""
    files = scratch / "asked", scratch / "answer"
    files[0].write_text(BODY)
    files[1].write_bytes(post(kept.url, BODY, kept.headers))
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.performance.bare:application"]
    command += ["--port", str(port), "--no-access-log"]
    process = running(
        command,
        ready=lambda: responds(f"http://127.0.0.1:{port}/"),
        log=scratch / "bare.log",
        folder=ours.PROJECT,
        environment={**os.environ, FILES: os.pathsep.join(map(str, files))},
    )
    with process as number:
        yield System("bare", f"http://127.0.0.1:{port}/graphql", number, kept.bodies)


def measured(system: System, load: LoadGenerator, connections: int, seconds: float) -> tuple[Load, float]:
    """Load a server, and give what came of it with the microseconds of processor time that each request took."""
    before = cpu_seconds(system.process)
    came = load(system, "hit", connections, seconds)
    if came.errors:
        raise RuntimeError(f"{system.name} failed {came.errors} times")
    return came, each(came, (cpu_seconds(system.process) - before) * 1e6)


def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="How often to measure both.")] = 5,
    seconds: Annotated[float, typer.Option(min=1, help="How long one load lasts.")] = 3,
    connections: Annotated[int, typer.Option(min=1, help="How many connections each uses.")] = 32,
) -> None:
    """Measure both in turn, and print their rates and the medians of the ratios."""
    times, rates = [], []
    with tempfile.TemporaryDirectory(prefix="graphql-api-performance-") as folder, postgres(None) as server:
        scratch = Path(folder)
        load = load_generator(scratch)
        with ours.serving(filled(server, "--scale", "1"), scratch / "log", KEEPING) as serving:
            kept = System("kept", serving.url, serving.process, {"hit": [BODY]}, serving.headers)
            with bare(kept, scratch) as endpoint:
                for system in (kept, endpoint):
                    load(system, "hit", connections, WARM_UP_SECONDS)
                for _ in range(rounds):
                    ours_came, ours_us = measured(kept, load, connections, seconds)
                    bare_came, bare_us = measured(endpoint, load, connections, seconds)
                    times.append(ours_us / bare_us)
                    rates.append(ours_came.rate / bare_came.rate)
                    typer.echo(
                        f"kept {ours_came.rate:6.0f}/s, processor {ours_us:4.0f} us; bare {bare_came.rate:6.0f}/s, "
                        f"processor {bare_us:4.0f} us; {times[-1]:.2f} times the processor, {rates[-1]:.2f} times the rate"
                    )
    typer.echo(f"medians: {median(times):.2f} times the processor, {median(rates):.2f} times the rate")


if __name__ == "__main__":
    typer.run(main)
