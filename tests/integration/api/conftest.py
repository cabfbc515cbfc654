"""The application on both databases: with the small store in it, which tests only read, and empty, for changes."""

from collections.abc import Iterator

import pytest

from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.small_store import Store, small_store


@pytest.fixture(scope="session", params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with small_store(request) as store:
        yield store


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest) -> Iterator[Api]:
    with new_database(request) as url, serving(settings_of(url)) as api:
        yield api
