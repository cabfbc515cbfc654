"""`python -m tests.performance`: measure the server, beside others where they are available.

Only ratios within one run mean something, since machines are noisy.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tests.performance import ours
from tests.performance.contest import ON_POSTGRES, SYSTEMS, Place, filled, genres, postgres, started
from tests.performance.load import load_generator
from tests.performance.machine import this_machine
from tests.performance.measuring import Plan, Run, measure
from tests.performance.others import REFERENCE, ROOMY, measure_others
from tests.performance.records import append, read
from tests.performance.report import sections, write_page
from tests.performance.running import version
from tests.performance.shapes import measure_shapes
from tests.performance.starting import measure_starts
from tests.performance.system import QUERIES
from tests.performance.usage import postmaster
from tests.performance.verification import verify
from tests.servers.postgres import PostgresServer

PARTS = ("contest", "shapes", "starts", "others")


def words(text: str, known: Sequence[str]) -> list[str]:
    """Read words that stand between commas. Raises BadParameter for one that nobody knows."""
    found = [word for word in text.split(",") if word]
    for word in found:
        if word not in known:
            raise typer.BadParameter(f"{word} is none of {', '.join(known)}")
    return found


def main(
    *,
    systems: Annotated[str, typer.Option(help="Which servers to measure.")] = ",".join(SYSTEMS),
    queries: Annotated[str, typer.Option(help="Which queries to send.")] = ",".join(QUERIES),
    parts: Annotated[
        str, typer.Option(help="The contest of servers, costs by shape, times of starting, other shapes.")
    ] = ",".join(PARTS),
    rounds: Annotated[int, typer.Option(min=1, help="How often to do everything.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long one load lasts; twice that for Q5.")] = 5,
    warm_up: Annotated[float, typer.Option(help="How long each query is sent before it counts.")] = 2,
    connections: Annotated[str, typer.Option(help="How many connections a load uses.")] = "32,1",
    scale: Annotated[int, typer.Option(min=1, help="The catalogue for costs by shape: times 3,500 tracks.")] = 30,
    peers: Annotated[Path, typer.Option(help="The folder of the other servers.")] = Path("../shared/peers"),
    data: Annotated[Path, typer.Option(help="The folder of the Chinook data.")] = Path("../shared/data"),
    postgres_url: Annotated[
        str | None, typer.Option("--postgres", help="A PostgreSQL on this machine; a new one if none is given.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the results are added, a line each.")] = Path("results.jsonl"),
    page: Annotated[Path | None, typer.Option(help="A page whose figures and charts are replaced.")] = None,
    report_only: Annotated[bool, typer.Option("--report", help="Measure nothing; report what there is.")] = False,
) -> None:
    """Measure, write the results as JSON lines, and show them as tables."""
    if not report_only:
        plan = Plan(
            queries=words(queries, QUERIES),
            connections=[int(number) for number in connections.split(",")],
            rounds=rounds,
            seconds=seconds,
            warm_up=warm_up,
        )
        with (
            tempfile.TemporaryDirectory(prefix="graphql-api-performance-") as scratch,
            postgres(postgres_url) as server,
        ):
            place = Place(data=data.resolve(), peers=peers.resolve(), scratch=Path(scratch), say=_say)
            chosen = words(parts, PARTS)
            append(output, this_machine(version(server.administration)))
            if "contest" in chosen:
                _contest(plan, words(systems, SYSTEMS), server, place, output)
            if "shapes" in chosen:
                _shapes(server, scale, place, output)
            if "starts" in chosen:
                _starts(server, place, output)
            if "others" in chosen:
                _others(server, seconds, place, output)
    results = read(output.read_text().splitlines())
    for section in sections(results):
        typer.echo(f"\n{section}", nl=False)
    if page is not None:
        write_page(page, results)


def _contest(plan: Plan, names: Sequence[str], server: PostgresServer, place: Place, output: Path) -> None:
    load = load_generator(place.scratch)
    with started(names, server, place) as contest:
        verify(contest.systems, plan.queries, genres(place.chinook))
        _say(f"answers agree: {', '.join(system.name for system in contest.systems)}")
        for run in measure(plan, contest.systems, postmaster(server.administration), load, contest.reset):
            append(output, run)
            _say(_line(run))


def _shapes(server: PostgresServer, scale: int, place: Place, output: Path) -> None:
    _say(f"filling a catalogue of {scale} times 3,500 tracks")
    database = filled(server, "--scale", str(scale))
    with ours.serving(database, place.scratch / "shapes.log") as serving:
        for shape in measure_shapes(serving):
            append(output, shape)
            _say(f"{shape.axis} {shape.size:,}: {shape.milliseconds:.2f} ms")


def _starts(server: PostgresServer, place: Place, output: Path) -> None:
    database = filled(server, "--from", str(place.chinook))
    for start in measure_starts(database, place.scratch):
        append(output, start)
        _say(f"{start.what}: {start.seconds:.2f} s")


def _others(server: PostgresServer, seconds: float, place: Place, output: Path) -> None:
    database = filled(server, "--from", str(place.chinook))
    with (
        ours.serving(database, place.scratch / "compiled.log", ROOMY) as compiled,
        ours.serving(database, place.scratch / "reference.log", {**ROOMY, **REFERENCE}) as reference,
    ):
        load, stored = load_generator(place.scratch), postmaster(server.administration)
        for other in measure_others(compiled, reference, load, stored, seconds):
            append(output, other)
            _say(f"{other.operation}: {other.server_us:.0f} us, without plans {other.reference_us:.0f} us")


def _line(run: Run) -> str:
    name = run.system if run.system != ON_POSTGRES else run.system.upper()
    return (
        f"{run.round} {run.query} c{run.connections:<3} {name:18} {run.rate:9.1f}/s  p50 {run.p50:8.2f} "
        f"p99 {run.p99:8.2f} ms  server {run.server_us:8.0f} us  postgres {run.database_us:7.0f} us  errors {run.errors}"
    )


def _say(message: str) -> None:
    typer.echo(message, err=True)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
