"""Queries that came before in the same bytes: answered with what was sent then, as long as all of it is still right."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from graphql import OperationType

from graphql_api.caching.wholes import WholeAnswers
from graphql_api.context import RequestContext
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import Answer
from graphql_api.http.exchange import Exchange
from graphql_api.http.head import Head
from graphql_api.http.incoming import Incoming


class Sent(NamedTuple):
    """An answer as it was sent, and the operation that it answers."""

    answer: Answer
    operation: PreparedOperation


class Repeats:
    """Knows what was asked before, and keeps what may be sent once more."""

    def __init__(self, wholes: WholeAnswers[Sent]) -> None:
        self._wholes = wholes

    async def answer(
        self, exchange: Exchange, incoming: Incoming, context: Callable[[Head], Awaitable[object]]
    ) -> Answer | None:
        """Answer a POST of a query that came before. Of another one, keep what was read or went wrong."""
        try:
            body = incoming.whole(exchange)
            if body is None:
                body = await incoming.rest(exchange)
            exchange.body = body
            asked = exchange.asked = b"%b %b" % (exchange.wanted.media_type.encode(), body)
            repeated = self._wholes.repeated(asked)
            # Who asks is found out only where that is of interest.
            asking = None if repeated is None else await context(exchange.head)
        except Exception as error:  # noqa: BLE001  # it is answered where every other one is
            exchange.fault = error
            return None
        if repeated is None or not isinstance(asking, RequestContext):
            return None
        sent = self._wholes.right(repeated, asking.viewer)
        if sent is None:
            return None
        exchange.operation = sent.operation
        return sent.answer

    def keep(self, asked: bytes, context: object, sent: Sent, response: GraphQLResponse, parts: list[Any]) -> None:
        """Keep an answer if all of it was kept in parts: they tell when it is no longer right."""
        request, kind = sent.operation.request, sent.operation.operation.kind
        # Who sends a document with its id wants that to be learned, each time.
        learned = request.document_id is not None and request.document
        whole = response.data and not response.errors and not response.extensions and len(parts) == len(response.data)
        if whole and not learned and kind is OperationType.QUERY and isinstance(context, RequestContext):
            self._wholes.keep(asked, context.viewer, sent, sent.answer.size, tuple(parts))
