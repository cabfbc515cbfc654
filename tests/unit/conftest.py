"""What every unit test starts from."""

import pytest


@pytest.fixture(autouse=True)
def unconfigured_logging(fresh_logging: None) -> None:
    """Have no application's configuration of logging."""
