"""Fixtures over the real servers; a server starts with the first test that asks for it."""

import os
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest

from tests.servers import mariadb, postgres, valkey
from tests.servers.mariadb import MariadbServer
from tests.servers.postgres import PostgresServer
from tests.servers.valkey_cluster import running_cluster


def need_postgres() -> None:
    """Skip a test where there is no PostgreSQL."""
    try:
        postgres.found_binaries()
    except LookupError as absence:
        pytest.skip(str(absence))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give the PostgreSQL server of the session, or the one that TEST_POSTGRES_URL names."""
    need_postgres()
    if address := os.environ.get("TEST_POSTGRES_URL"):
        yield PostgresServer(address, postgres.found_binaries() / "psql")
    else:
        with postgres.running_postgres() as server:
            yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the URL of an empty database of the test's own."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    """Give the MariaDB server of the session, where the system has one and its driver is installed."""
    pytest.importorskip("asyncmy")
    if not mariadb.is_installed():
        pytest.skip("there is no MariaDB: apt-get install mariadb-server")
    with mariadb.running_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Give the URL of the session's Valkey server, or of the one that TEST_REDIS_URL names.

    Tests in several processes have one database each of a server that is named.
    """
    if address := os.environ.get("TEST_REDIS_URL"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield urlsplit(address)._replace(path=f"/{worker}").geturl()
    else:
        with valkey.running_valkey() as address:
            yield address


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Give the URL of a Redis database that holds no keys when the test starts."""
    valkey.clear(redis_server)
    return redis_server


@pytest.fixture(scope="session")
def cluster_nodes() -> Iterator[Sequence[str]]:
    """Give the URLs of the nodes of the session's Valkey cluster."""
    with running_cluster() as urls:
        yield urls


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that a real server is there for, so that `-m "postgres or mysql or redis"` selects them."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "postgres_server" in names:
            item.add_marker(pytest.mark.postgres)
        if "mariadb_server" in names:
            item.add_marker(pytest.mark.mysql)
        if "redis_server" in names or "cluster_nodes" in names:
            item.add_marker(pytest.mark.redis)
