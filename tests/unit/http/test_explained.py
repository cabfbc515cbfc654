"""Answers do not depend on whether they can be explained."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.context import RequestContext
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.observability.explaining.service import Explaining
from graphql_api.observability.offered import MESSAGE
from graphql_api.observability.recorder import Recorder
from graphql_api.observability.topic import SpanKind, Topic

pytestmark = pytest.mark.usefixtures("fresh_logging")
CONTEXT: Any = RequestContext(commands=None, queries=None, limits=None, cursor_key=b"")  # type: ignore[arg-type]  # unused


async def no_plan(_text: str, _arguments: Any) -> Any:
    raise AssertionError


async def test_an_explanation_that_fails_leaves_the_answer_as_it_is() -> None:
    recorder, response = Recorder(), GraphQLResponse(executed=True, data={"done": True})
    with recorder.span(Topic(SpanKind.MESSAGE, "ask")) as span:
        span.show(MESSAGE, "not a message at all")
    with capture_logs() as logs:
        answer = await ExplainedAnswers(Explaining(("*",), no_plan)).complete(response, recorder, CONTEXT)
    assert answer == response
    assert [one["event"] for one in logs] == ["explain.failed"]
