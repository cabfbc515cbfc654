"""One operation from its text to its answer: prepare, execute within a deadline, mask."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry
from graphql import GraphQLError, OperationType
from strawberry.types import ExecutionResult

from graphql_api.execution.documents import Documents
from graphql_api.execution.engine import CompiledEngine, Engine, StrawberryEngine
from graphql_api.execution.errors import ErrorCode, ErrorMask, RequestRefused, describe
from graphql_api.execution.hang_up import Attention, AttentiveLimit, Leaving
from graphql_api.execution.operations import OperationCache
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.request import GraphQLRequest, GraphQLResponse
from graphql_api.execution.time_limit import Patience, TimeLimit
from graphql_api.execution.tracing import note_errors, note_operation
from graphql_api.execution.turns import Turns
from graphql_api.execution.variables import VariableErrors
from graphql_api.observability.observation import current


class Executor:
    """Execute requests against a schema; `request_timeout` is in seconds.

    What can be `compiled` is answered by plans, and everything else by Strawberry's own execution. What is asked for by
    its id is found among the `documents`.

    Exceptions of `client_errors` have a `code` and a text that are meant for the client.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        operations: OperationCache,
        *,
        request_timeout: float = 30.0,
        client_errors: tuple[type[Exception], ...] = (),
        compiled: bool = True,
        max_running_cost: int = 1_000_000,
        documents: Documents | None = None,
    ) -> None:
        self._operations = operations
        self._documents = documents or Documents()
        self._reference = reference = StrawberryEngine(schema)
        # Extensions surround the resolvers of the reference alone.
        self._engine: Engine = CompiledEngine(reference) if compiled and not reference.extended else reference
        self._patience = Patience(request_timeout)
        self._attention = Attention(request_timeout)
        self._turns = Turns(max_running_cost)
        self._mask = ErrorMask(client_errors)

    async def execute(self, request: GraphQLRequest, context: object) -> GraphQLResponse:
        """Prepare and run a request; a refusal is an answer without data."""
        try:
            prepared = await self.prepare(request)
        except RequestRefused as refusal:
            return refusal.response()
        return await self.run(prepared, context)

    async def prepare(self, request: GraphQLRequest, *, streaming: bool = False) -> PreparedOperation:
        """Do all that can fail before anything is executed; raises RequestRefused.

        Subscriptions are refused unless the answer may be `streaming`.
        """
        text = self._documents.sent(request)
        if text is None:
            text = await self._documents.named(request.document_id or "")
        document = self._operations.prepare(text)
        if request.document_id is not None:
            self._documents.learn(request.document_id, text)
        operation = document.operation(request.operation_name)
        if operation.kind is OperationType.SUBSCRIPTION and not streaming:
            message = (
                "Subscriptions are not served over a single HTTP request: "
                "use the WebSocket protocol graphql-transport-ws, or send `Accept: text/event-stream`."
            )
            raise RequestRefused.because(ErrorCode.OPERATION_RESOLUTION_FAILURE, message)
        given, cost = request.variables, operation.cost
        if cost is None:
            # Before the variables are read: reading a megabyte of small objects takes a second.
            given = operation.shaped(given)
            cost = self._operations.cost(document, operation, given)
        try:
            variables = operation.read(given)
        except VariableErrors as failure:
            errors = [describe(error, ErrorCode.BAD_USER_INPUT) for error in failure.errors]
            raise RequestRefused(errors) from failure
        prepared = PreparedOperation(request, document, operation, variables, cost)
        note_operation(prepared)
        return prepared

    async def run(
        self, prepared: PreparedOperation, context: object, leaving: Leaving | None = None
    ) -> GraphQLResponse:
        """Execute a prepared operation; when the time is over, it is cancelled and the answer says so.

        It is cancelled too when its client leaves, if somebody can tell of that. Raises ClientLeft then.
        """
        limit = TimeLimit(self._patience) if leaving is None else AttentiveLimit(self._attention, leaving)
        try:
            with limit:
                if prepared.operation.kind is OperationType.MUTATION or not self._turns.is_large(prepared.cost):
                    result = await self._engine.run(prepared, context)
                else:
                    async with self._turns.of(prepared.cost):
                        result = await self._engine.run(prepared, context)
        except TimeoutError:
            if not limit.expired:
                raise
            return _noted(self._overdue(prepared))
        return self._answer(prepared, result)

    async def stream(self, prepared: PreparedOperation, context: object) -> AsyncGenerator[GraphQLResponse]:
        """Answer an operation of any kind: a subscription with a response for each event, any other with one."""
        if prepared.operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.run(prepared, context)
            return
        async with aclosing(self._reference.subscribe(prepared, context)) as results:
            async for result in results:
                response = self._answer(prepared, result)
                if (observation := current()) is not None:
                    observation.end_delivery()
                yield response

    def _answer(self, prepared: PreparedOperation, result: ExecutionResult) -> GraphQLResponse:
        data, errors, extensions = result.data, result.errors, result.extensions or {}
        if not errors:
            return GraphQLResponse(executed=True, data=data, extensions=extensions)
        # Only an error of the whole request, such as one raised by an extension, has no path.
        executed = data is not None or all(error.path is not None for error in errors)
        masked = self._mask.apply(errors, prepared.operation.name, prepared.request.request_id)
        return _noted(GraphQLResponse(executed=executed, data=data, errors=masked, extensions=extensions))

    def _overdue(self, prepared: PreparedOperation) -> GraphQLResponse:
        message = f"The operation was stopped after {self._patience.seconds:g} s."
        if prepared.operation.kind is OperationType.MUTATION:
            message += " Parts of it may have been carried out: look before you repeat it."
        return GraphQLResponse(executed=False, errors=(describe(GraphQLError(message), ErrorCode.REQUEST_TIMEOUT),))


def _noted(response: GraphQLResponse) -> GraphQLResponse:
    observation = current()
    if response.errors and observation is not None:
        note_errors(observation, response.errors)
    return response
