"""`python -m tests.performance.profiling`: which code a server is in while it is asked, by samples of py-spy.

What is written in C counts for the function that called it, and as `in C` where the event loop did. A process that
waits for a core is sampled too, at whatever it was about to do.
"""

import re
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from tests.performance import ours
from tests.performance.contest import filled, postgres
from tests.performance.load import load_generator
from tests.performance.packages import package_of
from tests.performance.questions import own_bodies, values_in
from tests.performance.system import System

RATE: Final = 500
"""Samples a second."""
UNKNOWN: Final = "unknown: the server went on while it was looked at"
BELOW_LOOP: Final = "in C, below the event loop"
LEAST_SHARE: Final = 0.005
_FRAME: Final = re.compile(r"(?P<name>.+) \((?P<file>[^()]+?)(:\d+)?\)")
_LOOP: Final = frozenset({"run", "main", "<module>"})
"""The functions that wait for the event loop, which is in C itself."""


def sampled(system: System, query: str, scratch: Path, *, connections: int, seconds: float) -> Counter[tuple[str, str]]:
    """Ask a server, and count the samples by function."""
    load, stacks = load_generator(scratch), scratch / "stacks"
    asking = threading.Thread(target=load, args=(system, query, connections, seconds + 2))
    asking.start()
    command = ["py-spy", "record", "--pid", str(system.process), "--output", str(stacks), "--format", "raw"]
    command += ["--duration", str(round(seconds)), "--rate", str(RATE), "--full-filenames", "--nonblocking"]
    subprocess.run(command, check=True, capture_output=True, timeout=seconds + 60)
    asking.join()
    return functions(stacks.read_text())


def functions(stacks: str) -> Counter[tuple[str, str]]:
    """Count stacks by the package and the name of their innermost function.

    A line has functions, the outermost first, and how often they were seen so.
    """
    found: Counter[tuple[str, str]] = Counter()
    for line in stacks.splitlines():
        frames, _, number = line.rpartition(" ")
        innermost = _FRAME.fullmatch(frames.rpartition(";")[2])
        place = (UNKNOWN, "") if innermost is None else _place(innermost["name"], Path(innermost["file"]))
        found[place] += int(number)
    return found


def _place(function: str, file: Path) -> tuple[str, str]:
    if function in _LOOP and file.parent.name == "asyncio":
        return BELOW_LOOP, ""
    return package_of(file), f"{function} ({file.name})"


def table(found: Counter[tuple[str, str]], most: int) -> Iterator[str]:
    """Write the shares of packages, and of the functions that were seen most often."""
    packages: Counter[str] = Counter()
    for (package, _), number in found.items():
        packages[package] += number
    for name, number in packages.most_common():
        if number / found.total() >= LEAST_SHARE:
            yield f"{number / found.total():7.1%}  {name}"
    for (package, function), number in found.most_common(most):
        yield f"{number / found.total():7.1%}  {package}: {function}"


def main(
    *,
    queries: Annotated[str, typer.Option(help="Which queries to send.")] = "Q1,Q2,Q5",
    connections: Annotated[int, typer.Option(min=1, help="How many connections ask at once.")] = 32,
    seconds: Annotated[float, typer.Option(min=1, help="For how long samples are taken.")] = 10,
    most: Annotated[int, typer.Option("--functions", min=0, help="How many functions to name.")] = 0,
) -> None:
    """Sample the server on a PostgreSQL of its own, and print the shares of each query."""
    if shutil.which("py-spy") is None:
        raise SystemExit("py-spy is not there: uv pip install py-spy")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graphql-api-profiling-")))
        database = filled(stack.enter_context(postgres(None)))
        serving = stack.enter_context(ours.serving(database, scratch / "log"))
        system = System(
            "ours", serving.url, serving.process, own_bodies(values_in(database), lambda _: None), serving.headers
        )
        for query in queries.split(","):
            found = sampled(system, query, scratch, connections=connections, seconds=seconds)
            typer.echo("\n".join([f"\n{query}", *table(found, most)]))


if __name__ == "__main__":
    typer.run(main)
