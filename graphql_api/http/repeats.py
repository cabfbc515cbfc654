"""Queries that came before in the same bytes: answered with what was sent then, as long as all of it is still right."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from graphql import OperationType

from graphql_api.caching.wholes import WholeAnswers
from graphql_api.context import RequestContext
from graphql_api.execution.engine import PreparedOperation
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import Answer


class Sent(NamedTuple):
    """An answer as it was sent, and the operation that it answers."""

    answer: Answer
    operation: PreparedOperation


class Repeats:
    """Knows what was asked before, and keeps what may be sent once more."""

    def __init__(self, wholes: WholeAnswers[Sent]) -> None:
        self._wholes = wholes

    async def sent(self, asked: bytes, context: Callable[[], Awaitable[object]]) -> Sent | None:
        """Give what was sent to the same viewer, if it is what would be sent now.

        The context, which tells who asks, is made only where that is of interest.
        """
        repeated = self._wholes.repeated(asked)
        if repeated is None:
            return None
        asking = await context()
        return self._wholes.right(repeated, asking.viewer) if isinstance(asking, RequestContext) else None

    def keep(self, asked: bytes, context: object, sent: Sent, response: GraphQLResponse, parts: list[Any]) -> None:
        """Keep an answer if all of it was kept in parts: they tell when it is no longer right."""
        request, kind = sent.operation.request, sent.operation.operation.operation
        # Who sends a document with its id wants that to be learned, each time.
        learned = request.document_id is not None and request.document
        whole = response.data and not response.errors and not response.extensions and len(parts) == len(response.data)
        if whole and not learned and kind is OperationType.QUERY and isinstance(context, RequestContext):
            self._wholes.keep(asked, context.viewer, sent, sent.answer.size, tuple(parts))
