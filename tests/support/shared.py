"""Data and peers that some checkouts have beside them, in a folder called shared."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_folder(pytestconfig: pytest.Config) -> Path:
    """Give the folder beside the checkout; without it the test is skipped, in CI too."""
    folder = pytestconfig.rootpath.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder ../shared beside this checkout")
    return folder
