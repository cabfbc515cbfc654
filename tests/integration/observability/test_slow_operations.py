"""Slow operations in the log: with statements and plans, and without values."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.settings import LoggingSettings
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

SECRET = "Ballad of the nine"
READ = f'query Read {{ tracks(where: {{name: {{eq: "{SECRET}"}}}}) {{ nodes {{ name album {{ title }} }} }} }}'
WRITE = (
    f'mutation Write {{ createTrack(input: {{name: "{SECRET}", milliseconds: 1, unitPrice: "1", mediaType: "MPEG"}})'
    " { __typename } }"
)
ALL_ARE_SLOW = LoggingSettings(level="warning", format="json", slow_operation=1e-9)


@pytest.fixture(scope="module", params=DATABASES)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    with new_database(request) as url, serving(settings_of(url, logging=ALL_ARE_SLOW)) as api:
        yield api


def slow(api: Api, document: str) -> Any:
    with capture_logs() as logs:
        api.data(document)
    (record,) = [one for one in logs if one["event"] == "graphql.slow_operation"]
    return record


def test_what_is_read_is_told_with_its_plan(api: Api) -> None:
    record = slow(api, READ)
    assert (record["operation"], record["waited_ms"]) == ("Read", 0)
    assert record["duration_ms"] >= sum(one["duration_ms"] for one in record["statements"])
    (statement, *_) = record["statements"]
    assert statement["text"].startswith(("SELECT", "WITH"))
    assert any("tracks" in step for step in statement["plan"])


def test_what_is_changed_is_told_without_a_plan(api: Api) -> None:
    record = slow(api, WRITE)
    changes = [one for one in record["statements"] if "INSERT" in one["text"]]
    assert changes
    assert not any("plan" in one for one in changes)


@pytest.mark.parametrize("document", [READ, WRITE])
def test_no_value_is_told(api: Api, document: str) -> None:
    assert SECRET not in json.dumps(slow(api, document), default=str)
