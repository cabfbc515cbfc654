from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.execution.prepared import PreparedOperation
from graphql_api.http.access_log import AccessLog
from graphql_api.http.answer import Answer
from graphql_api.observability.handled import Handled
from graphql_api.observability.observation import Observation
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import NoTelemetry


class Asked:
    """A request that was answered, and what was carried out for it."""

    operation: PreparedOperation | None = None
    cost: int | None = None
    request_id: str | None = "abc"

    def __init__(self, *commands: Handled) -> None:
        self.observation = Observation()
        self.observation.commands = list(commands)


def logged(*commands: Handled) -> list[dict[str, Any]]:
    with capture_logs() as logs:
        AccessLog(NoTelemetry(), SlowOperations(1.0)).take(Asked(*commands), 0.5, Answer(200, b"{}"))
    return [dict(record) for record in logs]


CREATED = Handled("CreateArtist", "OK", 0.0123456)
RENAMED = Handled("RenameArtist", "NOT_FOUND", 0.002)


@pytest.mark.parametrize("commands", [(), (CREATED,), (CREATED, RENAMED)])
def test_an_operation_makes_one_line_whatever_it_carried_out(commands: tuple[Handled, ...]) -> None:
    *_, record = logged(*commands)
    assert (record["event"], record["duration_ms"], record["request_id"]) == ("graphql.operation", 500, "abc")


def test_a_command_is_told_in_the_line_of_its_operation() -> None:
    (record,) = logged(CREATED)
    assert (record["command"], record["outcome"], record["command_ms"]) == ("CreateArtist", "OK", 12.35)


def test_several_commands_have_a_line_each_with_the_id_of_their_operation() -> None:
    *records, of_all = logged(CREATED, RENAMED)
    told = {"event": "command.handled", "log_level": "info", "request_id": "abc"}
    assert records == [
        {**told, "command": "CreateArtist", "outcome": "OK", "duration_ms": 12.35},
        {**told, "command": "RenameArtist", "outcome": "NOT_FOUND", "duration_ms": 2},
    ]
    assert "command" not in of_all
