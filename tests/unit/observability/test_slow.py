"""Plans of slow operations, which never hold anything up for long."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.observability import slow
from graphql_api.observability.explaining.form import Step
from graphql_api.observability.observation import Observation
from graphql_api.observability.slow import MOST_PLANS, SlowOperations
from tests.support.events import until

STEP: Step = {"text": "Scan", "details": ["Filter: (name = 'secret')"], "cost": 1.5, "rows": 3, "parts": []}


def observed(count: int) -> Observation:
    observation = Observation()
    for number in range(count):
        observation.add(f"SELECT {number}", float(number), rows=1, arguments=("secret",))
    return observation


async def test_the_slowest_statements_are_planned() -> None:
    asked: list[str] = []

    async def plan_of(text: str, arguments: Sequence[Any]) -> list[Step]:
        assert arguments == ("secret",)
        asked.append(text)
        return [{**STEP, "parts": [STEP]}]

    with capture_logs() as logs:
        await SlowOperations(1, plan_of).tell(2, observed(9), operation="It")
    (record,) = logs
    assert sorted(asked) == [f"SELECT {number}" for number in range(9 - MOST_PLANS, 9)]
    assert [one["text"] for one in record["statements"]] == [f"SELECT {number}" for number in range(8, -1, -1)]
    assert record["statements"][0]["plan"] == ["Scan (cost 1.5, 3 rows)", "  Scan (cost 1.5, 3 rows)"]
    assert "secret" not in str(record)


@pytest.mark.parametrize("seconds", [1, 0.5])
async def test_what_is_not_slow_is_not_told(seconds: float) -> None:
    with capture_logs() as logs:
        await SlowOperations(1).tell(seconds, observed(1))
    assert logs == []


async def test_one_operation_at_a_time_is_planned_and_none_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "PLANNING_SECONDS", 0.05)
    begun: list[str] = []

    async def plan_of(text: str, _arguments: Sequence[Any]) -> list[Step]:
        begun.append(text)
        await asyncio.Event().wait()
        raise AssertionError

    operations = SlowOperations(1, plan_of)
    with capture_logs() as logs:
        first = asyncio.create_task(operations.tell(2, observed(1), operation="first"))
        await until(lambda: begun)
        await operations.tell(2, observed(1), operation="second")
        await first
    told = [(one["operation"], "plan" in one["statements"][0]) for one in logs if "operation" in one]
    assert told == [("second", False), ("first", False)]
    assert len(begun) == 1
