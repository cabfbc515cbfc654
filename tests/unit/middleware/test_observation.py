from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from domain.kernel.bus import CommandBus, HandlerFailedError
from domain.kernel.errors import PermissionDenied
from domain.kernel.messages import Command
from domain.kernel.result import Err, Ok, Result
from graphql_api.middleware.observation import Observed
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.recorder import Recorder

SECRET = "a secret that nobody may read"


@dataclass(frozen=True, slots=True)
class ChangePassword(Command[None]):
    password: str


async def succeed(_command: ChangePassword, _work: Any) -> Result[None, PermissionDenied]:
    return Ok(None)


async def refuse(_command: ChangePassword, _work: Any) -> Result[None, PermissionDenied]:
    return Err(PermissionDenied(SECRET))


async def raise_refusal(_command: ChangePassword, _work: Any) -> Result[None, PermissionDenied]:
    raise PermissionDenied(SECRET)


async def break_down(_command: ChangePassword, _work: Any) -> Result[None, PermissionDenied]:
    raise RuntimeError(SECRET)


OUTCOMES = [
    (succeed, "OK"),
    (refuse, "PERMISSION_DENIED"),
    (raise_refusal, "PERMISSION_DENIED"),
    (break_down, "FAILED"),
]


@pytest.mark.parametrize(("handler", "outcome"), OUTCOMES)
async def test_a_command_is_logged_with_its_outcome_within_a_span_and_without_what_was_in_it(
    handler: Any, outcome: str
) -> None:
    recorder = Recorder()
    with capture_logs() as logs, observing(Observation(recorder)):
        try:
            await CommandBus({ChangePassword: handler}, [Observed()]).dispatch(ChangePassword(SECRET))
        except HandlerFailedError:
            assert handler is break_down
    (record,) = logs
    assert (record["command"], record["outcome"]) == ("ChangePassword", outcome)
    assert record["duration_ms"] >= 0
    assert SECRET not in str(logs)
    (span,) = recorder.roots
    assert (span.name, span.facts) == ("dispatch ChangePassword", {"graphql_api.command.outcome": outcome})


@pytest.mark.parametrize(("handler", "outcome"), OUTCOMES)
async def test_a_command_of_an_operation_whose_line_tells_of_it_makes_none(handler: Any, outcome: str) -> None:
    observation = Observation()
    observation.commands = []
    with capture_logs() as logs, observing(observation):
        try:
            await CommandBus({ChangePassword: handler}, [Observed().told]).dispatch(ChangePassword(SECRET))
        except HandlerFailedError:
            assert handler is break_down
    assert logs == []
    assert [(one.command, one.outcome) for one in observation.commands] == [("ChangePassword", outcome)]
