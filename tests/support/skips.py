"""In CI a test that is skipped has failed: it would pass unseen on the one machine that everybody trusts."""

import os
from collections.abc import Generator

import pytest

# Asking for one of them is how a test says that it may be skipped, in CI too.
PERMIT_SKIP = frozenset({"shared_folder", "npm"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure."""
    report = yield
    if PERMIT_SKIP.isdisjoint(getattr(item, "fixturenames", ())):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into a failure."""
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a skipped report a failed one when CI is set; an expected failure stays what it is."""
    if os.environ.get("CI") and isinstance(report.longrepr, tuple) and not hasattr(report, "wasxfail"):
        _, line, reason = report.longrepr  # which only a skip has as a tuple
        report.outcome = "failed"
        report.longrepr = f"{reason} (line {line}; CI allows no skip)"
