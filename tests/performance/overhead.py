"""`python -m tests.performance.overhead`: what traces and metrics cost, in processor time of the server for a request.

Two processes that do the same differ by some percent as long as they run: by where their memory lies, and by the hashes
of their texts. So every round starts new ones, all with the same hashes, and compares them with the one without
telemetry. Each has a database of its own, since those that share one leave its events to one of them. What disturbs the
machine comes and goes within seconds, so each is asked for a moment in turn, there and back again. A second one without
telemetry tells how much such a comparison is worth: it has to give nothing.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean, median
from typing import Annotated, Final

import typer

from tests.performance import ours
from tests.performance.client import post_for
from tests.performance.contest import filled
from tests.performance.questions import OWN_VALUES, own_bodies
from tests.performance.sink import collector
from tests.performance.statistics import Estimate, estimate
from tests.performance.system import System
from tests.performance.usage import cpu_seconds
from tests.servers.postgres import running_postgres

OFF: Final = "off"
RATIOS: Final = {"measured": "0", "1 %": "0.01", "100 %": "1"}
WARM_UP_SECONDS: Final = 1.0
# What waits to be sent is sent soon, which is part of what it costs. Measurements are sent at all times, loads or none,
# and would count for more than they do where there is always some.
INTERVALS: Final = {"TELEMETRY__EXPORT_INTERVAL": "1", "TELEMETRY__METRIC_INTERVAL": "60"}
LEFT_SECONDS: Final = 1.5

Settings = Mapping[str, str]


def main(
    *,
    queries: Annotated[str, typer.Option(help="Which queries to send.")] = "Q1,Q2,Q3",
    rounds: Annotated[int, typer.Option(min=1, help="How often to start the servers anew.")] = 12,
    turns: Annotated[int, typer.Option(min=1, help="How often in a round to go there and back.")] = 10,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each is asked at a time.")] = 0.2,
    connections: Annotated[int, typer.Option(min=1, help="How many connections a load uses.")] = 4,
    postgres: Annotated[bool, typer.Option(help="Ask PostgreSQL in place of SQLite.")] = False,
) -> None:
    """Measure, and show how much more a request takes than without telemetry, each with its interval of 95 %."""
    asked = queries.split(",")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphql-api-overhead-")))
        every = _settings(stack.enter_context(collector(scratch / "sink.log")))
        databases = _databases(len(every), stack, scratch, postgres=postgres)
        costs: dict[str, list[Sequence[float]]] = {query: [] for query in asked}
        for number in range(rounds):
            with _systems(every, databases, scratch, hashes=number) as systems:
                for query in asked:
                    costs[query].append(_costs(systems, query, turns, connections, seconds))
    typer.echo(f"{'':6}{OFF:>9}" + "".join(f"{name:>26}" for name in [*every][1:]))
    for query in asked:
        typer.echo(_line(query, costs[query]))
    if len(asked) > 1:
        typer.echo(_together([costs[query] for query in asked]))


def _databases(number: int, stack: ExitStack, scratch: Path, *, postgres: bool) -> Sequence[str]:
    if postgres:
        server = stack.enter_context(running_postgres())
        return [filled(server) for _ in range(number)]
    databases = [f"sqlite:///{scratch / f'store{place}.sqlite'}" for place in range(number)]
    for database in databases:
        ours.fill(database)
    return databases


def _settings(endpoint: str) -> Mapping[str, Settings]:
    on = {"TELEMETRY__ENDPOINT": endpoint, **INTERVALS}
    return {
        OFF: {},
        f"{OFF} again": {},
        **{name: {**on, "TELEMETRY__SAMPLE_RATIO": one} for name, one in RATIOS.items()},
    }


@contextmanager
def _systems(
    every: Mapping[str, Settings], databases: Sequence[str], scratch: Path, *, hashes: int
) -> Iterator[Sequence[System]]:
    """Run a server with each of several settings; all of them hash texts alike."""
    bodies = own_bodies(OWN_VALUES, lambda _: None)
    with ExitStack() as stack:
        systems: list[System] = []
        for (name, settings), database in zip(every.items(), databases, strict=True):
            server = ours.serving(database, scratch / f"{len(systems)}.log", settings, hashes=hashes)
            serving = stack.enter_context(server)
            systems.append(System(name.replace(" ", ""), serving.url, serving.process, bodies, serving.headers))
        yield systems


def _costs(systems: Sequence[System], query: str, turns: int, connections: int, seconds: float) -> Sequence[float]:
    """Give the microseconds that each server takes for a request, with what it does on the side meanwhile."""
    for system in systems:
        _answered(system, query, connections, WARM_UP_SECONDS)
    time.sleep(LEFT_SECONDS)
    before = [cpu_seconds(system.process) for system in systems]
    requests = dict.fromkeys((system.name for system in systems), 0)
    for system in (*systems, *reversed(systems)) * turns:
        requests[system.name] += _answered(system, query, connections, seconds)
    time.sleep(LEFT_SECONDS)
    taken = [cpu_seconds(system.process) - earlier for system, earlier in zip(systems, before, strict=True)]
    return [one * 1e6 / number for one, number in zip(taken, requests.values(), strict=True)]


def _answered(system: System, query: str, connections: int, seconds: float) -> int:
    """Ask for so long, and give the number of answers."""
    latencies, _, failed = post_for(system.url, system.bodies[query], system.headers, connections, seconds)
    if failed:
        raise SystemExit(f"{system.name} failed {failed} times at {query}")
    return len(latencies)


def _line(query: str, costs: Sequence[Sequence[float]]) -> str:
    """Compare the servers within each round."""
    without = median(row[0] for row in costs)
    return f"{query:6}{without:6.0f} us" + _estimated([_more(row) for row in costs])


def _together(costs: Sequence[Sequence[Sequence[float]]]) -> str:
    """Compare them for all queries, each of which counts for the same."""
    rounds = ([fmean(several) for several in zip(*map(_more, rows), strict=True)] for rows in zip(*costs, strict=True))
    return f"{'all':15}" + _estimated(list(rounds))


def _more(row: Sequence[float]) -> Sequence[float]:
    """Tell how much more than the first the others take."""
    return [one / row[0] - 1 for one in row[1:]]


def _estimated(rounds: Sequence[Sequence[float]]) -> str:
    return "".join(f"{_shown(estimate(several)):>26}" for several in zip(*rounds, strict=True))


def _shown(one: Estimate) -> str:
    return f"{one.median:+.1%} ({one.least:+.1%} to {one.most:+.1%})"


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
