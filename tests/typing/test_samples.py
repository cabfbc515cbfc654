"""Samples of right and wrong code, judged by the type checker (requirement 1.5).

A wrong line ends in `# error: CODE`, or in several codes after commas; the checker must report these errors
and no others.
"""

import json
import re
from pathlib import Path

import pytest
from mypy import api

SAMPLES = Path(__file__).parent
GOOD = sorted(SAMPLES.glob("good/*.py"))
BAD = sorted(SAMPLES.glob("bad/*.py"))
MARK = re.compile(r"# error: ([a-z-]+(?:, [a-z-]+)*)$")

Finding = tuple[int, str]  # line and error code


@pytest.fixture(scope="module")
def reported(pytestconfig: pytest.Config) -> dict[Path, list[Finding]]:
    """Check all samples in one run, since most of its time goes into reading what they import."""
    configuration = f"--config-file={pytestconfig.rootpath / 'pyproject.toml'}"
    output, fault, _ = api.run(["--strict", "--output=json", configuration, *map(str, GOOD + BAD)])
    assert not fault
    found: dict[Path, list[Finding]] = {}
    for line in output.splitlines():
        error = json.loads(line)
        if error["severity"] == "error":
            found.setdefault(Path(error["file"]).resolve(), []).append((error["line"], error["code"]))
    return {path: sorted(errors) for path, errors in found.items()}


def marked(path: Path) -> list[Finding]:
    """Return the errors that a sample announces."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    marks = [(number, mark) for number, line in lines if (mark := MARK.search(line))]
    return sorted((number, code) for number, mark in marks for code in mark[1].split(", "))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_checker_accepts_a_good_sample(path: Path, reported: dict[Path, list[Finding]]) -> None:
    assert reported.get(path, []) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_checker_reports_exactly_the_marked_lines_of_a_bad_sample(
    path: Path, reported: dict[Path, list[Finding]]
) -> None:
    assert reported.get(path, []) == marked(path)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_sample_announces_an_error(path: Path) -> None:
    assert marked(path)


@pytest.mark.parametrize("samples", [GOOD, BAD], ids=["good", "bad"])
def test_every_protocol_has_samples(samples: list[Path]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in samples)
    imported = re.findall(r"from domain\.kernel\.protocols import (.*)", text)
    assert {name for names in imported for name in names.split(", ")} == {
        *("Identifiable", "Timestamped", "SoftDeletable", "AsyncRepository", "CacheProvider", "EventHandler"),
        *("Command", "Query", "CommandHandler", "QueryHandler"),
    }
