"""What the tests of the generator share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def known_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which mypy notes what projects have alike, so that each after the first takes a second."""
    return tmp_path_factory.mktemp("types")
