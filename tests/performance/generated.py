"""`python -m tests.performance.generated`: a server that was generated from Chinook, beside the one written by hand."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer

from tests.performance import ours
from tests.performance.asking import ask
from tests.performance.contest import CHINOOK, CHINOOK_SCRIPT, filled, postgres
from tests.performance.load import LoadGenerator, load_generator
from tests.performance.measuring import each
from tests.performance.running import execute
from tests.performance.system import System
from tests.performance.usage import cpu_seconds
from tests.servers.postgres import PostgresServer

PACKAGE: Final = "shop"
# What both have under the same names; genres and media types are texts in the one and things in the other.
DOCUMENTS: Final = {
    "Q1": "query($id: ID!) { album(id: $id) { id title } }",
    "Q2": "{ tracks(first: 100) { nodes { id name composer milliseconds bytes unitPrice } } }",
    "Q3": "{ artists(first: 20) { nodes { id name albums { nodes { id title tracks { nodes { id name } } } } } } }",
    "Q4": '{ tracks(first: 20, orderBy: [{name: ASC}], where: {milliseconds: {gt: 220000}, or: [{name: {like: "%Love%"}}'
    ', {unitPrice: {gt: "1"}}]}) { totalCount edges { cursor node { id name milliseconds unitPrice } }'
    " pageInfo { hasNextPage endCursor } } }",
    "Q5": "{ tracks(first: 3000) { nodes { id name composer milliseconds bytes unitPrice album { title artist { name } } } } }",
}


def generated(server: PostgresServer, data: Path, scratch: Path) -> str:
    """Load Chinook as its owners publish it, make a project over it, and return the address of the database."""
    url = server.create_database()
    execute(url, (data / CHINOOK_SCRIPT).read_text(encoding="utf-8"))
    execute(url, "VACUUM ANALYZE")
    command = [sys.executable, "-m", "codegen", "new", PACKAGE, "--in", str(scratch), "--from-database", url]
    subprocess.run(command, check=True, capture_output=True, cwd=ours.PROJECT, timeout=ours.COMMAND_SECONDS)
    return url


@contextmanager
def both(server: PostgresServer, data: Path, scratch: Path) -> Iterator[Sequence[System]]:
    """Serve both until the block ends, over the same data."""
    own = filled(server, "--from", str(data / CHINOOK))
    theirs = generated(server, data, scratch)
    read_only = {"DATABASE__READ_ONLY": "true"}
    with (
        ours.serving(own, scratch / "own.log") as one,
        ours.serving(theirs, scratch / "log", read_only, package=PACKAGE, folder=scratch / PACKAGE) as other,
    ):
        yield _system("by hand", one), _system("generated", other)


def _system(name: str, serving: ours.Serving) -> System:
    found = ask(serving.url, json.dumps({"query": "{ albums(first: 1000) { nodes { id } } }"}), serving.headers)
    albums = found["data"]["albums"]["nodes"]
    bodies = {query: [json.dumps({"query": document})] for query, document in DOCUMENTS.items()}
    bodies["Q1"] = [json.dumps({"query": DOCUMENTS["Q1"], "variables": album}) for album in albums]
    return System(name, serving.url, serving.process, bodies, serving.headers)


def _measured(system: System, query: str, load: LoadGenerator, connections: int, seconds: float) -> float:
    """Return the processor time that an answer takes, in microseconds."""
    before = cpu_seconds(system.process)
    came = load(system, query, connections, seconds)
    if came.errors:
        raise RuntimeError(f"{system.name}: {came.errors} of {came.requests} failed")
    return each(came, (cpu_seconds(system.process) - before) * 1e6)


def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="How often to measure both.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long one load lasts.")] = 4,
    connections: Annotated[int, typer.Option(min=1, help="How many connections each uses.")] = 16,
    data: Annotated[Path, typer.Option(help="The folder of the Chinook data.")] = Path("../shared/data"),
) -> None:
    """Measure both in turn, and print the processor time that an answer takes."""
    with tempfile.TemporaryDirectory(prefix="graphql-api-performance-") as folder, postgres(None) as server:
        scratch = Path(folder)
        with both(server, data.resolve(), scratch) as systems:
            load = load_generator(scratch)
            typer.echo("| | by hand | generated | ratio |\n| --- | ---: | ---: | ---: |")
            for query in DOCUMENTS:
                for system in systems:
                    load(system, query, connections, 1)
                took = [[_measured(one, query, load, connections, seconds) for one in systems] for _ in range(rounds)]
                hand, made = (median(column) for column in zip(*took, strict=True))
                typer.echo(f"| {query} | {hand:,.0f} us | {made:,.0f} us | {made / hand:.2f} |")


if __name__ == "__main__":
    typer.run(main)
