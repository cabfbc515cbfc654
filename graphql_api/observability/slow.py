"""Slow operations: what they asked of the database, and how it carries that out, for whoever reads the log."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final

import structlog

from graphql_api.observability.explaining.form import Step
from graphql_api.observability.explaining.service import PlanOf
from graphql_api.observability.observation import Observation, Statement
from graphql_api.observability.statements import READS, subject

MOST_STATEMENTS: Final = 10
MOST_PLANS: Final = 3
PLANNING_SECONDS: Final = 2.0
LONGEST_TEXT: Final = 8_000  # characters

_log = structlog.stdlib.get_logger(__name__)


class SlowOperations:
    """Logs operations that took longer than a number of seconds.

    The database is asked for plans of one operation at a time, since it may be what is slow. What is logged holds no
    values: of a plan it is the steps, with tables and indexes.
    """

    def __init__(self, seconds: float, plan_of: PlanOf | None = None) -> None:
        self.seconds = seconds
        self._plan_of = plan_of
        self._planning = asyncio.Lock()

    async def tell(self, seconds: float, observation: Observation, **facts: Any) -> None:
        """Log an operation if it was slow."""
        if seconds <= self.seconds or not observation.told:
            return
        slowest = sorted(observation.told, key=lambda one: one.seconds, reverse=True)[:MOST_STATEMENTS]
        plans = await self._plans(slowest)
        _log.warning(
            "graphql.slow_operation",
            **facts,
            duration_ms=_milliseconds(seconds),
            waited_ms=_milliseconds(sum(observation.waits)),
            statements=[_told(one, plans.get(one.text)) for one in slowest],
        )

    async def _plans(self, statements: Sequence[Statement]) -> dict[str, Sequence[str]]:
        plans: dict[str, Sequence[str]] = {}
        if self._plan_of is None or self._planning.locked():
            return plans
        reading = {one.text: one for one in reversed(statements) if subject(one.text)[0] == READS}
        async with self._planning:
            try:
                async with asyncio.timeout(PLANNING_SECONDS):
                    for text, one in [*reading.items()][-MOST_PLANS:]:
                        plans[text] = list(_steps(await self._plan_of(text, one.arguments)))
            except Exception as error:  # noqa: BLE001  # the record is worth having without plans
                _log.debug("graphql.no_plan", error=type(error).__name__)
        return plans


def _told(statement: Statement, plan: Sequence[str] | None) -> dict[str, Any]:
    told = {
        "text": statement.text[:LONGEST_TEXT],
        "duration_ms": _milliseconds(statement.seconds),
        "rows": statement.rows,
    }
    return told if plan is None else {**told, "plan": plan}


def _steps(steps: Sequence[Step], depth: int = 0) -> Iterator[str]:
    """Give a line for each step, without the details, which hold values."""
    for step in steps:
        estimate = "" if step["cost"] is None else f" (cost {step['cost']:g}, {step['rows']} rows)"
        yield f"{'  ' * depth}{step['text']}{estimate}"
        yield from _steps(step["parts"], depth + 1)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1_000, 2)
