"""The project's own formatter over what was rendered: lines folded, imports sorted, those that nothing needs gone."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.faults import Refused
from codegen.render import Files

_OURS = 'lint.isort.known-first-party=["codegen", "domain", "graphql_api", "tests"]'


def formatted(files: Files, project: Path) -> Files:
    """Format files as the settings of a project say. Raises Refused."""
    ruff = _ruff()
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder)
        python = [path for path in files if path.suffix == ".py"]
        for path in python:
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            (staged / path).write_text(files[path], encoding="utf-8")
        common = ["--no-cache", "--config", str(project / "pyproject.toml")]
        _run([ruff, "check", "--fix-only", "--select", "I,F401", "--config", _OURS, *common, str(staged)])
        _run([ruff, "format", *common, str(staged)])
        return {**files, **{path: (staged / path).read_text(encoding="utf-8") for path in python}}


def tidied(project: Path, package: str) -> None:
    """Sort and format a whole project in its place. Raises Refused."""
    ruff = _ruff()
    ours = _OURS.replace('"graphql_api"', f'"{package}"')
    common = ["--no-cache", "--config", str(project / "pyproject.toml")]
    _run([ruff, "check", "--fix-only", "--select", "I,F401", "--config", ours, *common, str(project)])
    _run([ruff, "format", *common, str(project)])


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.is_file() else shutil.which("ruff")
    if found is None:
        raise Refused("The generator formats with ruff, which is not here; install it: uv add --dev ruff")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"What was generated cannot be formatted: {done.stderr.strip() or done.stdout.strip()}")
