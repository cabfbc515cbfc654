"""A terminal recording for the README: `python -m docs.recording TAPE DATABASE SVG` types what a tape says and draws it."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from docs.recording.drawing import drawn
from docs.recording.terminal import HEIGHT, WIDTH, run
from docs.recording.timeline import Timeline


def main(tape: Path, database: Path, svg: Path) -> None:
    """Record what a tape says in a folder that has nothing but a database, and draw it."""
    wanted = yaml.safe_load(tape.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        shutil.copy2(database, place)
        timeline = Timeline(place, re.compile(wanted["left_out"]))
        _record(wanted["steps"], timeline, Path(place), _environment(wanted["environment"]))
    svg.write_text(drawn(timeline, wanted["title"]), encoding="utf-8")


def _record(steps: list[dict[str, Any]], timeline: Timeline, place: Path, environment: Mapping[str, str]) -> None:
    with ExitStack() as running:
        for step in steps:
            if "terminal" in step:
                timeline.divide(step["terminal"])
                continue
            timeline.command(step["type"])
            timeline.output(running.enter_context(run(step["type"], place, environment, step.get("until"))))


def _environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """Keep of this project's own environment its commands alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV", "PYTHON"))}
    size = {"COLUMNS": str(WIDTH), "LINES": str(HEIGHT), "TERM": "xterm-256color"}
    return {**kept, **size, **wanted, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
