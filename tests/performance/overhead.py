"""`python -m tests.performance.overhead`: what traces and metrics cost, in processor time of the server for a request.

The same server runs several times, without telemetry and with more and more of it, and each is asked in turn, so that
what disturbs the machine disturbs them alike. The collector is a process of its own.
"""

import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer

from tests.performance import ours
from tests.performance.contest import filled
from tests.performance.load import LoadGenerator, load_generator
from tests.performance.measuring import each
from tests.performance.questions import OWN_VALUES, own_bodies
from tests.performance.system import System
from tests.performance.usage import cpu_seconds
from tests.servers.postgres import running_postgres
from tests.servers.process import free_port, running

OFF: Final = "off"
RATIOS: Final = {"measured": "0", "1 %": "0.01", "100 %": "1"}


def main(
    *,
    queries: Annotated[str, typer.Option(help="Which queries to send.")] = "Q1,Q2,Q3",
    rounds: Annotated[int, typer.Option(min=1, help="How often to send each to each server.")] = 9,
    seconds: Annotated[float, typer.Option(min=1, help="How long one load lasts.")] = 1,
    connections: Annotated[int, typer.Option(min=1, help="How many connections a load uses.")] = 4,
    postgres: Annotated[bool, typer.Option(help="Ask PostgreSQL in place of SQLite.")] = False,
) -> None:
    """Measure, and show how much more a request takes than without telemetry."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphql-api-overhead-")))
        database = _database(stack, scratch, postgres=postgres)
        systems = [*_systems(stack, database, scratch)]
        load = load_generator(scratch)
        typer.echo(f"{'':6}{OFF:>9}" + "".join(f"{name:>10}" for name in RATIOS))
        for query in queries.split(","):
            costs = _costs(load, systems, query, rounds=rounds, seconds=seconds, connections=connections)
            typer.echo(_line(query, costs))


def _database(stack: ExitStack, scratch: Path, *, postgres: bool) -> str:
    if postgres:
        return filled(stack.enter_context(running_postgres()))
    database = f"sqlite:///{scratch / 'store.sqlite'}"
    ours.fill(database)
    return database


def _systems(stack: ExitStack, database: str, scratch: Path) -> Iterator[System]:
    bodies = own_bodies(OWN_VALUES, lambda _: None)
    endpoint = stack.enter_context(collector(scratch / "sink.log"))
    every: Mapping[str, Mapping[str, str]] = {
        OFF: {},
        **{name: {"TELEMETRY__ENDPOINT": endpoint, "TELEMETRY__SAMPLE_RATIO": ratio} for name, ratio in RATIOS.items()},
    }
    for number, (name, settings) in enumerate(every.items()):
        serving = stack.enter_context(ours.serving(database, scratch / f"{number}.log", settings))
        yield System(name.replace(" ", ""), serving.url, serving.process, bodies, serving.headers)


@contextmanager
def collector(log: Path, wait: float = 0) -> Iterator[str]:
    """Run a collector that takes so many seconds to answer, and give its endpoint."""
    port = free_port()

    def ready() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    command = [sys.executable, "-m", "tests.performance.sink", str(port), str(wait)]
    with running(command, ready=ready, log=log, folder=ours.PROJECT):
        yield f"http://127.0.0.1:{port}"


def _costs(
    load: LoadGenerator, systems: Sequence[System], query: str, *, rounds: int, seconds: float, connections: int
) -> list[list[float]]:
    """Give the microseconds of each server, round by round; the first round warms up and does not count."""
    costs = [[_cost(load, system, query, connections, seconds) for system in systems] for _ in range(rounds + 1)]
    return costs[1:]


def _cost(load: LoadGenerator, system: System, query: str, connections: int, seconds: float) -> float:
    before = cpu_seconds(system.process)
    came = load(system, query, connections, seconds)
    if came.errors:
        raise SystemExit(f"{system.name} failed {came.errors} times at {query}")
    return each(came, (cpu_seconds(system.process) - before) * 1e6)


def _line(query: str, costs: Sequence[Sequence[float]]) -> str:
    """Compare the servers within each round, and give the median of that."""
    without = median(row[0] for row in costs)
    more = [median(row[place] / row[0] - 1 for row in costs) for place in range(1, len(costs[0]))]
    return f"{query:6}{without:6.0f} us" + "".join(f"{one:+9.1%} " for one in more)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
