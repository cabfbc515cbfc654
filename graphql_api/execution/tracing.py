"""Spans of operations and their resolvers.

A resolver that has to be awaited has a span; plain values are counted by whoever reads them. Plans and Strawberry's own
execution open the same ones.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial
from inspect import isawaitable
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from graphql import FieldNode, GraphQLFormattedError, GraphQLObjectType, GraphQLResolveInfo, get_argument_values
from graphql.pyutils import Path
from strawberry.extensions import SchemaExtension

from graphql_api.execution.selected_fields import coerced, declaration
from graphql_api.observability.facts import NO_FACTS, Repeated
from graphql_api.observability.limits import limit_of
from graphql_api.observability.observation import Observation
from graphql_api.observability.observation import current as observed
from graphql_api.observability.resolvers import Place, below, nearest, resolving
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.observability.tracer import Span, Tracer

if TYPE_CHECKING:
    from graphql_api.execution.prepared import PreparedOperation

_UNNAMED: Final = Topic(SpanKind.OPERATION, "GraphQL Operation")
_MOST_COSTS: Final = 4_096
_UNOBSERVED: Final = nullcontext()


class ResolverSpans(SchemaExtension):
    """Opens a span for each resolver that has to be awaited."""

    every_field: ClassVar[bool] = False

    def resolve(self, _next: Any, root: Any, info: GraphQLResolveInfo[Any], *args: Any, **kwargs: Any) -> Any:
        """Surround the resolver of a field."""
        observation = observed()
        if observation is None or observation.tracer is None:
            return _next(root, info, *args, **kwargs)
        field = declaration(info.parent_type, info.field_name)
        if field is not None and field.is_async:
            return _awaited(observation, observation.tracer, info, partial(_next, root, info, *args, **kwargs))
        if not self.every_field:
            return _next(root, info, *args, **kwargs)
        with _by_reference(observation, observation.tracer, info):
            return _next(root, info, *args, **kwargs)


class FieldSpans(ResolverSpans):
    """Opens a span for each field, plain values included."""

    every_field = True


def operation_span(observation: Observation) -> AbstractContextManager[Span | None]:
    """Record an operation from its text to its answer, where somebody records; gives its span.

    What is refused is for whoever answers to note: the client is told, and nothing broke.
    """
    recording = observation.tracer
    return _UNOBSERVED if recording is None else recording.span(_UNNAMED)


def note_operation(prepared: "PreparedOperation") -> None:
    """Say which operation it is, now that it is known, without the values in it."""
    observation = observed()
    if observation is None or observation.operation is None:
        return
    recorded, facts = observation.operation, prepared.document.facts
    observation.response_keys = facts.response_keys
    recorded.become(facts.topic(prepared.operation.node))
    recorded.note(_costing(prepared.cost))


@lru_cache(_MOST_COSTS)
def _costing(cost: int) -> Repeated:
    return Repeated({"graphql_api.cost": cost})


def note_errors(observation: Observation, errors: Iterable[GraphQLFormattedError]) -> None:
    """Take note of the codes of what went wrong, and of limits that were hit."""
    several = list(errors)
    codes = tuple(str((error.get("extensions") or {}).get("code")) for error in several)
    observation.errors += codes
    observation.limits += tuple(limit for error in several if (limit := limit_of(error)) is not None)
    if codes and observation.operation is not None:
        different = sorted(set(codes))
        observation.operation.note({"graphql_api.error.codes": different})
        observation.operation.fail(different[0])


def planned_member(
    recording: Tracer, parent: GraphQLObjectType, node: FieldNode, variables: Mapping[str, Any]
) -> AbstractContextManager[Span]:
    """Record the resolver of a field below one that a plan answers."""
    key = (node.alias or node.name).value
    facts = recorded_arguments(recording, parent, node, variables)
    return resolving(recording, Place(parent.name, node.name.value, below(key)), facts)


def _by_reference(
    observation: Observation, recording: Tracer, info: GraphQLResolveInfo[Any]
) -> AbstractContextManager[Span]:
    key = str(info.path.key)
    above, under = nearest(observation, _names(info.path.prev))
    path = f"{above}.{key}" if above else key
    # Strawberry hands on a mapping, whatever the type says.
    variables = cast("Mapping[str, Any]", info.variable_values)
    facts = recorded_arguments(recording, info.parent_type, info.field_nodes[0], variables)
    return resolving(recording, Place(info.parent_type.name, info.field_name, path), facts, under)


async def _awaited(
    observation: Observation, recording: Tracer, info: GraphQLResolveInfo[Any], resolve: Callable[[], Any]
) -> Any:
    started = perf_counter()
    # Only here, since what is never begun must not leave a coroutine behind.
    with _by_reference(observation, recording, info):
        try:
            result = resolve()
            return await result if isawaitable(result) else result
        finally:
            observation.add_resolved((info.parent_type.name, info.field_name), perf_counter() - started)


def _names(path: Path | None) -> list[str]:
    return [] if path is None else [step for step in path.as_list() if isinstance(step, str)]


def recorded_arguments(
    recording: Tracer, parent: GraphQLObjectType, node: FieldNode, variables: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Give the arguments that may be recorded, in the form of text."""
    if not recording.arguments or not node.arguments:
        return NO_FACTS
    given = get_argument_values(parent.fields[node.name.value], node, coerced(variables))
    return {f"graphql.field.argument.{name}": str(given[name]) for name in recording.arguments if name in given}
