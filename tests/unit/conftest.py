"""What every unit test starts from."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    """Forget how the applications that tests share have configured logging, for as long as a test runs."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)
