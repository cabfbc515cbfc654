"""What every test shares: Hypothesis profiles, real servers, and the rule that CI skips nothing."""

import gc
import os

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "pytester",
    "tests.servers.fixtures",
    "tests.support.databases",
    "tests.support.logs",
    "tests.support.examples",
    "tests.support.shared",
    "tests.support.skips",
]

# A machine that is busy, or slower than the author's, proves nothing about a law.
settings.register_profile("dev", deadline=None, max_examples=100, print_blob=True)
# The same examples each time: a red build means that the change broke something, and the search goes on elsewhere.
settings.register_profile(
    "ci", settings.get_profile("dev"), derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
# The same laws once more in another place, such as another server or another Python.
settings.register_profile("again", settings.get_profile("ci"), max_examples=10)
# A look at what was generated, of which there is a lot.
settings.register_profile("glance", settings.get_profile("ci"), max_examples=4)
# A long search on purpose, for a change that touches a law.
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def pytest_collection_finish() -> None:
    """Look for garbage rarely and only among what came after the start, as a serving process does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
