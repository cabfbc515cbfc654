"""Property 15: readiness covers every configured dependency."""

import asyncio
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from structlog.testing import capture_logs

from graphql_api.app import served
from graphql_api.bootstrap import compose
from graphql_api.http.authentication import static_keys
from graphql_api.http.health import Readiness, Status
from graphql_api.observability.health import Unhealthy
from graphql_api.settings import CacheSettings, DatabaseSettings, DatabaseUrl, GraphQLSettings, RedisSettings, Settings
from tests.support.api import Api

KEPT_BY_US = {"sqlite": {"migrations", "outbox", "disk"}, "postgresql": {"migrations", "outbox"}}
"""What else there is to look at where tables of the server's own are in the database."""
FAILURES = st.none() | st.sampled_from([OSError(), TimeoutError(), RuntimeError(), Unhealthy("it is full")])


@dataclass(frozen=True)
class Check:
    name: str
    failure: Exception | None

    async def check(self) -> None:
        if self.failure is not None:
            raise self.failure


@given(vital=st.lists(FAILURES, max_size=6), secondary=st.lists(FAILURES, max_size=6))
async def test_every_check_is_told_and_each_vital_one_decides(
    vital: list[Exception | None], secondary: list[Exception | None]
) -> None:
    first = [Check(f"vital {number}", failure) for number, failure in enumerate(vital)]
    second = [Check(f"secondary {number}", failure) for number, failure in enumerate(secondary)]
    status, results = await Readiness(first, second).examine()
    assert status.takes_requests is not any(vital)
    assert (status is Status.READY) is not any([*vital, *secondary])
    outcomes = {result.name: (result.error is not None, result.vital) for result in results}
    assert outcomes == {
        **{check.name: (check.failure is not None, True) for check in first},
        **{check.name: (check.failure is not None, False) for check in second},
    }


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    """Give an address that takes no connections as long as it is held."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


@given(
    dialect=st.sampled_from(["sqlite", "postgresql"]),
    owned=st.sampled_from([{}, {"own_tables": False}, {"read_only": True}]),
    cluster=st.none() | st.booleans(),
    others=st.fixed_dictionaries(
        {
            "cache": st.builds(CacheSettings, enabled=st.booleans(), shared=st.booleans()),
            "graphql": st.builds(GraphQLSettings, persisted_documents=st.sampled_from([0, 1_000])),
        }
    ),
)
async def test_each_configured_dependency_that_is_away_is_told(
    refusing: str, dialect: str, owned: Mapping[str, bool], cluster: bool | None, others: Mapping[str, Any]
) -> None:
    url = "sqlite:////dev/null/store.sqlite" if dialect == "sqlite" else f"postgresql://{refusing}/store"
    redis = RedisSettings() if cluster is None else RedisSettings(url=SecretStr(f"redis://{refusing}"), cluster=cluster)
    database = DatabaseSettings(url=DatabaseUrl(url), **owned)
    application = compose(Settings(environment="testing", database=database, redis=redis, **others))
    try:
        app = served(application, static_keys(application.settings.auth))
        with capture_logs():
            reply = await Api(app, asyncio.run).arrive("GET", "/health/ready")
    finally:
        await application.close()
    assert reply.status == 503
    told = reply.json()["checks"]
    assert set(told) == {
        "database",
        *(() if owned else KEPT_BY_US[dialect]),
        *(() if cluster is None else ("redis",)),
    }
    # There is room beside a database that cannot be opened.
    assert {name for name, check in told.items() if check["status"] == "passed"} <= {"disk"}
