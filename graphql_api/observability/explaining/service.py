"""Explanations: who may have them, and how they are put together from what was recorded."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from domain.kernel.viewer import Viewer
from graphql_api.observability.explaining.form import Explanation, Step
from graphql_api.observability.explaining.rendering import Reading, Rendering, milliseconds
from graphql_api.observability.observation import Observation
from graphql_api.observability.recorder import Both, Recorder

PlanOf = Callable[[str, Sequence[Any]], Awaitable[list[Step]]]
"""Asks the database how it would carry out a statement with its values."""

EVERYBODY: Final = "*"
VERSION: Final = 1
MOST_PLANS: Final = 30
PLANNING_SECONDS: Final = 2.0

_log = structlog.stdlib.get_logger(__name__)


class Explaining:
    """Explains operations to viewers with one of the roles, or to everybody."""

    def __init__(self, roles: Collection[str], plan_of: PlanOf, seconds: float = PLANNING_SECONDS) -> None:
        self._roles = frozenset(roles)
        self._plan_of = plan_of
        self._seconds = seconds

    def begin(self, observation: Observation) -> Recorder:
        """Record an operation, beside whoever does so already."""
        recorder = Recorder()
        observation.tracer = recorder if observation.tracer is None else Both(observation.tracer, recorder)
        return recorder

    def may(self, viewer: Viewer) -> bool:
        """Tell whether a viewer may see what is behind an answer."""
        return EVERYBODY in self._roles or not self._roles.isdisjoint(viewer.roles)

    async def explanation(self, recorder: Recorder) -> Explanation:
        """Tell what was recorded, and how the database carries out the statements."""
        duration = recorder.now()
        rendering = Rendering(recorder)
        rendering.render()
        await self._plan(rendering.readings)
        return {
            "version": VERSION,
            "duration": milliseconds(duration),
            "left_out": recorder.left_out,
            "spans": rendering.spans,
        }

    async def _plan(self, readings: Sequence[Reading]) -> None:
        """Have the statements planned, each text once, as far as there is time."""
        plans: dict[str, list[Step] | None] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                for reading in readings:
                    if reading.text not in plans and len(plans) < MOST_PLANS:
                        plans[reading.text] = await self._planned(reading)
        for reading in readings:
            reading.told["plan"] = plans.get(reading.text)

    async def _planned(self, reading: Reading) -> list[Step] | None:
        try:
            return await self._plan_of(reading.text, reading.arguments)
        except TimeoutError:
            raise
        except Exception as error:  # noqa: BLE001  # the answer is there, and is given without the plan
            _log.warning("explain.no_plan", error=type(error).__name__)
            return None
