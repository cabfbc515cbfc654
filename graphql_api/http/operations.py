"""Operations that come by HTTP, from what was read of a request to its answer."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from graphql import OperationType

from graphql_api.context import Progress
from graphql_api.execution.executor import Executor
from graphql_api.execution.hang_up import Leaving
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import Answer, answer_operation
from graphql_api.http.caching import HttpCaching
from graphql_api.http.errors import HttpError, method_not_allowed
from graphql_api.http.event_stream import EventStream, StreamContext, StreamLimits, once
from graphql_api.http.exchange import Exchange
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.http.head import Head
from graphql_api.http.incoming import Incoming
from graphql_api.http.origins import with_origins
from graphql_api.http.parameters import from_body
from graphql_api.http.repeats import Repeats, Sent
from graphql_api.observability.tracer import Following

ContextFactory = Callable[[Head], Awaitable[object]]
"""Makes what resolvers have at hand, for whoever sends a request."""


class Operations:
    """Answers operations: a subscription by a stream, where there is a `stream_context`, all else at once."""

    def __init__(
        self,
        executor: Executor,
        context: ContextFactory,
        incoming: Incoming,
        *,
        stream_context: StreamContext | None,
        stream_limits: StreamLimits,
        following: Following,
        explained: ExplainedAnswers | None,
        tell_origins: bool,
        caching: HttpCaching | None,
        repeats: Repeats | None,
    ) -> None:
        self._executor = executor
        self._context = context
        self._incoming = incoming
        self._stream_context = stream_context
        self._stream_limits = stream_limits
        self._following = following
        self._explained = explained
        self._tell_origins = tell_origins
        self._caching = caching
        self._repeats = repeats

    async def answer(self, exchange: Exchange) -> Answer | EventStream:
        """Answer a request. Raises RequestRefused, HttpError and ClientLeft."""
        if exchange.method == "POST":
            body = self._incoming.whole(exchange)
            if body is None:
                body = await self._incoming.rest(exchange)
            request = from_body(body, exchange.request_id)
        else:
            request = self._incoming.parameters(exchange)
        streaming = exchange.wanted.takes_events and exchange.method != "HEAD"
        prepared = exchange.operation = await self._executor.prepare(request, streaming=streaming)
        kind = prepared.operation.kind
        if kind is OperationType.SUBSCRIPTION:
            return await self._follow(exchange, prepared)
        if kind is OperationType.MUTATION and exchange.method != "POST":
            raise method_not_allowed("GET is for queries: send a mutation with POST.", "POST")
        context = await self._context(exchange.head)
        observation = exchange.observation
        if self._tell_origins and kind is OperationType.QUERY:
            observation.origins = {}
        leaving: Leaving | None = exchange.leaving
        if kind is OperationType.MUTATION:
            # One that was accepted is finished, whether or not somebody waits for it.
            observation.commands, leaving = [], None
        response = await self._executor.run(prepared, context, leaving)
        if observation.origins is not None:
            response = with_origins(response, observation.origins)
        if self._explained is not None and exchange.recorder is not None:
            response = await self._explained.complete(response, exchange.recorder, context)
        if streaming and exchange.wanted.prefers_events:
            return EventStream(once(response), Progress(), exchange, limits=self._stream_limits)
        return self._told(response, exchange, prepared, context)

    def _told(
        self, response: GraphQLResponse, exchange: Exchange, prepared: PreparedOperation, context: object
    ) -> Answer:
        """Write an answer, and see to it that what may be kept of it is."""
        answer = answer_operation(response, exchange.wanted.media_type)
        if self._caching is not None and exchange.method != "POST":
            self._caching.apply(answer, response, prepared, exchange.head.getlist("if-none-match"))
        if self._repeats is not None and exchange.asked is not None and exchange.observation.parts:
            sent = Sent(answer, prepared)
            self._repeats.keep(exchange.asked, context, sent, response, exchange.observation.parts)
        return answer

    async def _follow(self, exchange: Exchange, prepared: PreparedOperation) -> EventStream:
        assert self._stream_context is not None  # noqa: S101  # or else the operation was refused
        exchange.observation.following = self._following
        progress = Progress(after=_event_id(exchange.head.get("last-event-id")))
        context = await self._stream_context(exchange.head, progress)
        responses = self._executor.stream(prepared, context)
        return EventStream(responses, progress, exchange, limits=self._stream_limits)


def _event_id(text: str | None) -> UUID | None:
    try:
        return None if not text else UUID(text)
    except ValueError as error:
        raise HttpError(400, "`Last-Event-ID` is not the id of an event: send one as it was received.") from error
