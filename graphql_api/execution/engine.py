"""Strawberry's own execution, given documents that are parsed and validated already."""

from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any, Final, Protocol

import strawberry
from graphql import DocumentNode, GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext, ExecutionResult

from graphql_api.execution.plans import OperationPlan, SerialPlan
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.tracing import ResolverSpans
from graphql_api.observability.observation import note_unplanned, span
from graphql_api.observability.origins import forget_origins
from graphql_api.observability.topic import SpanKind

AGAIN: Final = "execute again"
"""The span around what the reference executor does where a plan gave up."""

NO_PLAN: Final = "none"
GAVE_UP: Final = "gave up"

_handed_over: ContextVar[DocumentNode] = ContextVar("prepared_document")


class Engine(Protocol):
    """Something that executes operations."""

    def run(self, prepared: PreparedOperation, context: object) -> Coroutine[Any, Any, ExecutionResult]:
        """Execute an operation; failures of resolvers are in the result."""
        ...


class HandOver(SchemaExtension):
    """Put the prepared document where Strawberry would parse and validate the text again."""

    def on_operation(self) -> Iterator[None]:
        document = _handed_over.get(None)
        if document is not None:
            self.execution_context.graphql_document = document
            self.execution_context.pre_execution_errors = []
        yield


class StrawberryEngine:
    """Execute through `strawberry.Schema.execute`, so that the extensions of the schema run.

    The schema gets one more extension, and its errors are no longer logged by Strawberry: whoever masks them
    knows which ones are unexpected.
    """

    def __init__(self, schema: strawberry.Schema) -> None:
        if schema.config.enable_experimental_incremental_execution:
            raise ValueError("Incremental execution is not served: build the schema without it.")
        if HandOver not in schema.extensions:
            schema.extensions = (HandOver, *schema.extensions)
        schema.process_errors = _leave_errors  # type: ignore[method-assign]  # the only hook there is
        self._schema = schema

    @property
    def extended(self) -> bool:
        """Tell whether the schema has extensions that plans would pass by."""
        return any(one not in (HandOver, ResolverSpans) for one in self._schema.extensions)

    async def run(self, prepared: PreparedOperation, context: object) -> ExecutionResult:
        """Execute an operation; failures of resolvers are in the result."""
        token = _handed_over.set(prepared.document.document)
        try:
            return await self._schema.execute(
                prepared.document.text,
                variable_values=dict(prepared.request.variables),
                context_value=context,
                operation_name=prepared.operation.name,
                operation_extensions=dict(prepared.request.extensions),
            )
        finally:
            _handed_over.reset(token)

    async def subscribe(self, prepared: PreparedOperation, context: object) -> AsyncGenerator[ExecutionResult]:
        """Execute a subscription: a result for each event, until nothing more comes or the iteration is closed."""
        results = await self._schema.subscribe(
            prepared.document.text,
            variable_values=dict(prepared.request.variables),
            context_value=context,
            operation_name=prepared.operation.name,
            operation_extensions=dict(prepared.request.extensions),
        )
        async with aclosing(results):
            token = _handed_over.set(prepared.document.document)
            try:
                # The extensions of the schema begin with the first result.
                result = await anext(results, None)
            finally:
                _handed_over.reset(token)
            while result is not None:
                yield result
                result = await anext(results, None)


class CompiledEngine:
    """Execute by the plan of an operation where it has one, and else by the reference."""

    def __init__(self, reference: Engine) -> None:
        self._reference = reference

    def run(self, prepared: PreparedOperation, context: object) -> Coroutine[Any, Any, ExecutionResult]:
        """Execute an operation; failures of resolvers are in the result."""
        plan = prepared.operation.plans.plan(prepared.variables)
        if isinstance(plan, SerialPlan):
            return self._in_order(plan, prepared, context)
        return self._run(plan, prepared, context)

    def _in_order(
        self, plan: SerialPlan, prepared: PreparedOperation, context: object
    ) -> Coroutine[Any, Any, ExecutionResult]:
        return plan.run(lambda step: self._run(step.plan, prepared.only(step.document), context))

    def _run(
        self, plan: OperationPlan | None, prepared: PreparedOperation, context: object
    ) -> Coroutine[Any, Any, ExecutionResult]:
        if plan is None:
            note_unplanned(NO_PLAN)
            return self._reference.run(prepared, context)
        return plan.run(context, prepared.variables, lambda resumed: self._again(prepared, resumed))

    async def _again(self, prepared: PreparedOperation, context: object) -> ExecutionResult:
        forget_origins()
        note_unplanned(GAVE_UP)
        with span(SpanKind.PHASE, AGAIN):
            return await self._reference.run(prepared, context)


def _leave_errors(errors: Sequence[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
    """Stand in for the method of the schema that logs every error, also those of users."""
