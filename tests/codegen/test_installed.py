"""The generator as it is installed: a wheel has all that a new project is made of."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from codegen.__main__ import app


def test_an_installed_package_makes_the_same_project_as_a_checkout(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    uv = shutil.which("uv")
    assert uv, "uv builds the package"
    built = [uv, "build", "--quiet", "--offline", "--wheel", "--out-dir", str(tmp_path)]
    subprocess.run(built, cwd=pytestconfig.rootpath, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    ZipFile(wheel).extractall(tmp_path / "installed")
    making = [sys.executable, "-m", "codegen", "new", "odd_one", "--in", str(tmp_path / "one")]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(making, cwd=tmp_path, env=environment, check=True, capture_output=True)
    made = CliRunner().invoke(app, ["new", "odd_one", "--in", str(tmp_path / "other")])
    assert made.exit_code == 0, made.output
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert os.access(tmp_path / "one/odd_one/.ci/run", os.X_OK)


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
