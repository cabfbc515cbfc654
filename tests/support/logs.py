"""Logging as a test finds it that looks at records."""

from collections.abc import Iterator

import pytest
import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


@pytest.fixture
def fresh_logging() -> Iterator[None]:
    """Forget how the applications that tests share have configured logging, for as long as a test runs."""
    before = structlog.get_config()
    structlog.reset_defaults()
    # To draw a traceback takes longer than most tests.
    *others, _ = structlog.get_config()["processors"]
    structlog.configure([*others, ConsoleRenderer(exception_formatter=plain_traceback)])
    yield
    structlog.configure(**before)
