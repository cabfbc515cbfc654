"""What the tests of the generator share."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def known_types(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """Give the folder in which mypy notes what projects have alike, with what it knows of this one if it saw that."""
    folder, known = tmp_path_factory.mktemp("types"), pytestconfig.rootpath / ".mypy_cache"
    if known.is_dir():
        shutil.copytree(known, folder, dirs_exist_ok=True)
    return folder
