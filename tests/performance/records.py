"""Results as JSON lines: each is an object that says by `kind` what it is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.performance.machine import Machine
from tests.performance.measuring import Run
from tests.performance.others import Other
from tests.performance.shapes import Shape
from tests.performance.starting import Start

KINDS: Mapping[type[Any], str] = {Run: "run", Machine: "machine", Shape: "shape", Start: "start", Other: "other"}

Record = Run | Machine | Shape | Start | Other


@dataclass(frozen=True, slots=True)
class Results:
    """All that a file of results holds."""

    runs: list[Run]
    machines: list[Machine]
    shapes: list[Shape]
    starts: list[Start]
    others: list[Other]


def append(path: Path, record: Record) -> None:
    """Write one result at the end of a file, at once, so that an interrupted run keeps what it has."""
    with path.open("a") as file:
        file.write(line(record))


def line(record: Record) -> str:
    """Write one result as a line."""
    return json.dumps({"kind": KINDS[type(record)], **asdict(record)}) + "\n"


def read(lines: Iterable[str]) -> Results:
    """Read the lines of a file of results."""
    classes = {kind: of for of, kind in KINDS.items()}
    found: dict[str, list[Any]] = {kind: [] for kind in classes}
    for one in lines:
        values = json.loads(one)
        kind = values.pop("kind")
        found[kind].append(classes[kind](**values))
    return Results(found["run"], found["machine"], found["shape"], found["start"], found["other"])
