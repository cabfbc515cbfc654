"""How explanations are put together: bounded, without secrets, and in time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.kernel.messages import Command
from domain.kernel.specification import ComparisonOperator, not_, where
from graphql_api.observability.explaining.drawing import DEEPEST, drawn
from graphql_api.observability.explaining.presenting import MOST_VALUES
from graphql_api.observability.explaining.rendering import Rendering
from graphql_api.observability.explaining.service import MOST_PLANS, Explaining
from graphql_api.observability.explaining.telling import told
from graphql_api.observability.observation import MOST_STATEMENTS, Observation
from graphql_api.observability.offered import ARGUMENTS
from graphql_api.observability.recorder import MOST_SPANS, Recorder
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.persistence.observed import described

SECRET = "nobody may read this"
STEP: Any = {"text": "SCAN things", "details": [], "cost": None, "rows": None, "parts": []}


@dataclass(frozen=True, slots=True)
class ChangePassword(Command[None]):
    name: str
    new_password: str


def recorded(*statements: tuple[str, Sequence[Any]]) -> Recorder:
    recorder = Recorder()
    for text, arguments in statements:
        with recorder.span(described(text, "sqlite")) as span:
            span.show(ARGUMENTS, arguments)
    return recorder


def test_secrets_stay_out_of_messages_specifications_and_statements() -> None:
    rendering = Rendering(recorded(("SELECT id FROM users WHERE password_hash = ?", [SECRET])))
    rendering.render()
    drawing = drawn(where("api_token", ComparisonOperator.EQ, SECRET)).drawing()
    message = told(ChangePassword("Ada", SECRET))
    assert SECRET not in str([rendering.spans, drawing, message])
    assert "Ada" in message["text"]
    assert rendering.readings == []


def test_long_lists_and_deep_trees_are_cut_off() -> None:
    many = drawn(where("id", ComparisonOperator.IN, tuple(range(10_000)))).drawing()
    assert many["tree"]["text"].endswith('"... (10000 values)"]')
    assert many["text"].count(",") == MOST_VALUES + 2
    deep: Any = where("id", ComparisonOperator.EQ, 1)
    for _ in range(300):
        deep = not_(deep)
    node, depth = drawn(deep).drawing()["tree"], 0
    while node["parts"]:
        (node,), depth = node["parts"], depth + 1
    assert depth == DEEPEST


def test_what_is_beyond_the_bounds_is_counted_or_left_without_its_text() -> None:
    rendering = Rendering(recorded(*[(f"SELECT {number}", []) for number in range(MOST_SPANS + 5)]))
    rendering.render()
    assert (len(rendering.spans), rendering.recorder.left_out) == (MOST_SPANS, 5)
    assert sum("statement" in one for one in rendering.spans) == MOST_STATEMENTS
    assert orjson.dumps(rendering.spans)


async def test_each_text_is_planned_once_and_no_more_of_them_than_there_is_room_for() -> None:
    asked: list[str] = []

    async def plan_of(text: str, _arguments: Sequence[Any]) -> list[Any]:
        asked.append(text)
        return [STEP]

    texts = [f"SELECT {number} FROM things" for number in range(MOST_PLANS + 1)]
    explanation = await Explaining((), plan_of).explanation(recorded(*[(text, [1]) for text in texts + texts]))
    plans = [one["statement"]["plan"] for one in explanation["spans"]]
    assert asked == texts[:MOST_PLANS]
    assert plans == ([[STEP]] * MOST_PLANS + [None]) * 2


async def test_a_database_that_cannot_or_does_not_answer_in_time_leaves_the_plan_out() -> None:
    async def plan_of(text: str, _arguments: Sequence[Any]) -> list[Any]:
        if "broken" in text:
            raise OSError(SECRET)
        await asyncio.Event().wait()
        raise AssertionError

    texts = ["SELECT 1 FROM broken", "SELECT 1 FROM slow", "SELECT 1 FROM late"]
    explaining = Explaining((), plan_of, seconds=0.01)
    explanation = await explaining.explanation(recorded(*[(text, []) for text in texts]))
    assert [one["statement"]["plan"] for one in explanation["spans"]] == [None, None, None]
    assert SECRET not in str(explanation)


async def test_a_span_that_is_still_open_ends_with_the_explanation() -> None:
    async def plan_of(_text: str, _arguments: Sequence[Any]) -> list[Any]:
        return []

    observation = Observation()
    explaining = Explaining(("*",), plan_of)
    recorder = explaining.begin(observation)
    assert observation.tracer is recorder
    with recorder.span(Topic(SpanKind.OPERATION, "query")):
        explanation = await explaining.explanation(recorder)
    (span,) = explanation["spans"]
    assert 0 < span["start"] + span["duration"] <= explanation["duration"] + 0.1 + span["duration"]
