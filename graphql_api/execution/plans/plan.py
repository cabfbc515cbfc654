"""An operation whose root fields know how to answer whole, with finished values under their response keys."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias

from graphql import is_non_null_type, located_error
from strawberry.types import ExecutionResult

from graphql_api.execution.plans.fields import IrregularAnswer, PlannedRoot
from graphql_api.execution.tracing import recorded_arguments
from graphql_api.observability.facts import NO_FACTS
from graphql_api.observability.observation import Observation, current
from graphql_api.observability.origins import answering
from graphql_api.observability.resolvers import resolving
from graphql_api.observability.tracer import Tracer

Again: TypeAlias = Callable[[Any], Awaitable[ExecutionResult]]
"""Answers an operation otherwise, going on with a context."""


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """A compiled operation."""

    roots: tuple[PlannedRoot, ...]

    async def run(self, context: Any, variables: Mapping[str, Any], again: Again) -> ExecutionResult:
        """Answer the operation, or have it answered again where an answer is irregular."""
        if len(self.roots) != 1:
            return await self._several(context, variables, again)
        (root,) = self.roots
        observation, started = current(), perf_counter()
        try:
            return ExecutionResult({root.key: await _answer(root, observation, context, variables)}, None)
        except IrregularAnswer as irregular:
            context = irregular.resumed(context)
        except Exception as error:  # noqa: BLE001  # as graphql-core does with whatever a resolver raises
            return _without(root, error, {})
        finally:
            # Here, as a coroutine of its own would be one more to wait through.
            if observation is not None and observation.resolved is not None and root.has_resolver:
                observation.resolved(root.declared, perf_counter() - started, observation.operation)
        return await again(context)

    async def _several(self, context: Any, variables: Mapping[str, Any], again: Again) -> ExecutionResult:
        try:
            return await self._together(context, variables)
        except IrregularAnswer as irregular:
            context = irregular.resumed(context)
        return await again(context)

    async def _together(self, context: Any, variables: Mapping[str, Any]) -> ExecutionResult:
        answers = await asyncio.gather(
            *(_deferred(root, context, variables) for root in self.roots), return_exceptions=True
        )
        data = {root.key: answer for root, answer in zip(self.roots, answers, strict=True)}
        failed = [root for root in self.roots if isinstance(data[root.key], BaseException)]
        if not failed:
            return ExecutionResult(data, None)
        error = data[failed[0].key]
        if len(failed) > 1 or isinstance(error, IrregularAnswer) or not isinstance(error, Exception):
            # Which of several failures are told, and what of the rest is kept, is for the reference executor to say.
            raise IrregularAnswer from error
        return _without(failed[0], error, data)


async def _deferred(root: PlannedRoot, context: Any, variables: Mapping[str, Any]) -> Any:
    observation, started = current(), perf_counter()
    try:
        return await _answer(root, observation, context, variables)
    finally:
        if observation is not None and observation.resolved is not None and root.has_resolver:
            observation.resolved(root.declared, perf_counter() - started, observation.operation)


def _answer(
    root: PlannedRoot, observation: Observation | None, context: Any, variables: Mapping[str, Any]
) -> Coroutine[Any, Any, Any]:
    if observation is None or not root.has_resolver:
        return root.field.answer(context, variables)
    if observation.origins is not None:
        return _told(root, observation.tracer, context, variables)
    if observation.tracer is not None:
        return _recorded(root, observation.tracer, context, variables)
    return root.field.answer(context, variables)


async def _told(root: PlannedRoot, recording: Tracer | None, context: Any, variables: Mapping[str, Any]) -> Any:
    with answering(root.key):
        if recording is None:
            return await root.field.answer(context, variables)
        return await _recorded(root, recording, context, variables)


async def _recorded(root: PlannedRoot, recording: Tracer, context: Any, variables: Mapping[str, Any]) -> Any:
    spot = root.spot
    facts = recorded_arguments(recording, spot.kind, spot.nodes[0], variables) if recording.arguments else NO_FACTS
    with resolving(recording, root.place, facts):
        try:
            return await root.field.answer(context, variables)
        except IrregularAnswer as error:
            # Nothing has failed yet.
            irregular = error
    raise irregular


def _without(root: PlannedRoot, error: Exception, data: Mapping[str, Any]) -> ExecutionResult:
    """Tell of the one root field that failed, and what else there is."""
    located = located_error(error, root.spot.nodes, [root.key])
    nullable = not is_non_null_type(root.spot.kind.fields[root.spot.nodes[0].name.value].type)
    return ExecutionResult(data={**data, root.key: None} if nullable else None, errors=[located])
