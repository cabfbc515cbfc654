"""How long it takes until the server answers, and until its code is imported."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from tests.performance.ours import PROJECT, environment, serving

REPETITIONS = 5
IMPORTS = {"python": "pass", "import graphql_api.app": "import graphql_api.app"}


@dataclass(frozen=True, slots=True)
class Start:
    """Something that happens once, and the median of how long it takes."""

    what: str
    seconds: float


def measure_starts(database: str, scratch: Path) -> Iterator[Start]:
    """Start the interpreter, import the application, and serve a filled database until it is ready."""
    for what, statement in IMPORTS.items():
        yield Start(what, _median(partial(_run, statement)))
    yield Start("graphql-api serve, until /health/ready answers", _median(partial(_serve, database, scratch)))


def _median(work: Callable[[], float]) -> float:
    work()  # the first time, modules are compiled
    return median(work() for _ in range(REPETITIONS))


def _run(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, env=environment({}))
    return time.perf_counter() - begun


def _serve(database: str, scratch: Path) -> float:
    begun = time.perf_counter()
    with serving(database, scratch / "start.log"):
        return time.perf_counter() - begun
