"""A plan that gives up leaves no trace: the reference answers, and what is logged is logged once."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.settings import GraphQLSettings, LoggingSettings, Settings
from graphql_api.settings.graphql import Execution
from tests.integration.api.test_another_domain import opened
from tests.integration.api.venue_api import VENUES, create_tables
from tests.support.api import serving, settings_of

pytestmark = pytest.mark.usefixtures("fresh_logging")

TOLD = ("event", "log_level", "operation", "path", "occurrences", "status")


def executing(how: Execution, file: Path) -> Settings:
    # What a busy machine takes long for would be told for one of them only.
    logged = LoggingSettings(level="info", format="json", slow_operation=3600)
    return settings_of(f"sqlite:///{file}", graphql=GraphQLSettings(execution=how), logging=logged)


@pytest.mark.parametrize("field", ["chairs", "price", "seatsTwice", "resembles", "name"])
def test_answers_status_and_records_are_those_of_the_reference(tmp_path: Path, field: str) -> None:
    file = tmp_path / "store.sqlite"
    settings = executing("reference", file)
    with serving(settings, manifest=[VENUES]) as api:
        api.run(create_tables(settings))
        opened(api, "Under the sky", kind="PARK")
        opened(api, "Large", kind="HALL", seats=2**31 - 1)
    seen: list[Any] = []
    for how in ("reference", "compiled"):
        with serving(executing(how, file), manifest=[VENUES]) as api, capture_logs() as records:
            reply = api.post(f"{{ venues {{ nodes {{ {field} }} }} }}")
            payload = reply.json()
            for error in payload.get("errors", ()):
                error["extensions"].pop("requestId")
        seen.append((reply.status, payload, [{key: one.get(key) for key in TOLD} for one in records]))
    assert seen[0] == seen[1]
    assert ("graphql.field_failed" in {one["event"] for one in seen[1][2]}) is (field != "name")
