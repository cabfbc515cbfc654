"""The GraphQL endpoint: one ASGI application for POST, GET and browsers.

Cross-site request forgery is kept out by what a page of another site can send without a preflight, which only
the origins that the operator names will pass: GET, HEAD, and POST with a form's or a plain text's content type.
GET and HEAD run queries only, and queries have no effects; POST takes `application/json` only.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import structlog
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graphql_api.context import Progress
from graphql_api.execution.engine import PreparedOperation
from graphql_api.execution.errors import ErrorCode, RequestRefused
from graphql_api.execution.executor import Executor
from graphql_api.execution.request import GraphQLRequest, GraphQLResponse
from graphql_api.execution.tracing import note_errors, operation_span
from graphql_api.http.access_log import AccessLog
from graphql_api.http.answer import Answer, answer_error, answer_failure, answer_operation, named
from graphql_api.http.caching import HttpCaching
from graphql_api.http.errors import ClientLeft, HttpError, method_not_allowed
from graphql_api.http.event_stream import EventStream, StreamContext, StreamLimits, once
from graphql_api.http.exchange import Exchange
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.http.guard import request_id
from graphql_api.http.hang_up import StopOnHangUp
from graphql_api.http.headers import IndexedHeaders, headers_of
from graphql_api.http.incoming import Incoming
from graphql_api.http.negotiation import MediaType, Wish, wish
from graphql_api.http.origins import with_origins
from graphql_api.http.parameters import from_body
from graphql_api.http.repeats import Repeats, Sent
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import NoTelemetry, Telemetry

_log = structlog.stdlib.get_logger(__name__)

_ALLOW = "GET, HEAD, OPTIONS, POST"
_METHODS = frozenset(_ALLOW.split(", "))
_PAGE_METHODS = frozenset({"GET", "HEAD"})
_CLIENT_LEFT = 499
_STREAM_LIMITS = StreamLimits()

ContextFactory = Callable[[Headers], Awaitable[object]]
Page = Callable[[Request], Response]


class GraphQLEndpoint:
    """Serve an executor at one URL; `page` answers browsers, `max_body_size` is in bytes, times in seconds.

    With a `stream_context` subscriptions are answered as server-sent events. Answers that are `explained` tell how they
    came about, and with `tell_origins` those to queries tell what of them was kept. With `caching` those to GET say for
    how long others may keep them.
    """

    def __init__(
        self,
        executor: Executor,
        context: ContextFactory,
        *,
        page: Page | None = None,
        max_body_size: int = 1_000_000,
        body_timeout: float = 30.0,
        stream_context: StreamContext | None = None,
        stream_limits: StreamLimits = _STREAM_LIMITS,
        slow: SlowOperations | None = None,
        telemetry: Telemetry | None = None,
        explained: ExplainedAnswers | None = None,
        tell_origins: bool = False,
        caching: HttpCaching | None = None,
        repeats: Repeats | None = None,
    ) -> None:
        self._executor = executor
        self._context = context
        self._page = page
        events = stream_context is not None
        self._wish = partial(_wish, html=False, events=events)
        self._wish_of_page = partial(_wish, html=page is not None, events=events)
        self._incoming = Incoming(max_body_size, body_timeout)
        self._stream_context = stream_context
        self._stream_limits = stream_limits
        self._telemetry = telemetry or NoTelemetry()
        self._log = AccessLog(self._telemetry, slow or SlowOperations(float("inf")))
        self._explained = explained
        self._tell_origins = tell_origins
        self._caching = caching
        # What a client is told of where an answer came from would be what another one was told.
        self._repeats = None if tell_origins else repeats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        method, headers, id = scope["method"], headers_of(scope), request_id(scope)
        wanted = headers.told(self._wish_of_page if method in _PAGE_METHODS else self._wish)
        if wanted.chosen is MediaType.HTML:
            await self._show_page(scope, receive, send)
            return
        exchange = Exchange(id, headers, wanted, self._telemetry.tracer())
        repeated = None if self._repeats is None else await self._repeated(self._repeats, method, receive, exchange)
        if repeated is not None:
            await repeated.send(send, id)
        answer = repeated or await self._answer_anew(scope, receive, send, exchange)
        seconds = time.perf_counter() - started
        self._log.take(exchange, seconds, answer)
        if seconds > self._log.slow_seconds and not isinstance(answer, EventStream):
            await self._log.tell_slow(exchange, seconds)

    async def _show_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._page is not None  # noqa: S101  # or else no page was to be had
        page = self._page(Request(scope, receive))
        page.raw_headers.append(named(request_id(scope)))
        await page(scope, receive, send)

    async def _repeated(self, repeats: Repeats, method: str, receive: Receive, exchange: Exchange) -> Answer | None:
        """Answer a query that came before in the same bytes. Of another request, keep what was read or went wrong."""
        if method != "POST" or self._is_watched(exchange):
            return None
        try:
            body = self._incoming.whole(receive, exchange.headers)
            if body is None:
                body = await self._incoming.rest(receive, exchange.headers)
            exchange.body = body
            asked = exchange.asked = b"%b %b" % (exchange.wanted.media_type.encode(), body)
            sent = await repeats.sent(asked, partial(self._context, exchange.headers))
        except Exception as error:  # noqa: BLE001  # it is answered where every other one is
            exchange.fault = error
            return None
        if sent is None:
            return None
        exchange.operation, exchange.cost = sent.operation, sent.operation.cost
        return sent.answer

    def _is_watched(self, exchange: Exchange) -> bool:
        """Tell whether somebody wants to see how the answer comes about, or may be sent it in parts, or none."""
        wanted, explained = exchange.wanted, self._explained
        return (
            exchange.tracer is not None
            or wanted.takes_events
            or not wanted.can_be_met
            or (explained is not None and explained.is_asked(exchange.headers))
        )

    async def _answer_anew(
        self, scope: Scope, receive: Receive, send: Send, exchange: Exchange
    ) -> Answer | EventStream:
        id = exchange.request_id
        observation = exchange.observation = Observation(exchange.tracer, id, resolved=self._telemetry.resolved())
        if self._explained is not None:
            exchange.recorder = self._explained.begin(exchange.headers, observation)
        with observing(observation):
            try:
                answer = await self._answer(scope, receive, exchange)
            except ClientLeft:
                return Answer(_CLIENT_LEFT, b"")
            await answer.send(send, id, head=scope["method"] == "HEAD")
        return answer

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> Answer | EventStream:
        try:
            if scope["method"] == "OPTIONS":
                return Answer(204, b"", headers=((b"allow", _ALLOW.encode()),))
            if scope["method"] not in _METHODS:
                raise method_not_allowed(f"Use POST or GET, not {scope['method']}.", _ALLOW)
            if not exchange.wanted.can_be_met:
                message = f"The answer can be {MediaType.GRAPHQL} or {MediaType.JSON}; `Accept` allows neither."
                raise HttpError(406, message, code="NOT_ACCEPTABLE")
            with operation_span(exchange.observation) as exchange.observation.operation:
                try:
                    return await self._respond(scope, receive, exchange)
                except RequestRefused as refusal:
                    note_errors(exchange.observation, refusal.errors)
                    exchange.cost = refusal.cost
                    return answer_operation(refusal.response(), exchange.wanted.media_type)
        except HttpError as error:
            note_errors(exchange.observation, [error.error])
            return answer_error(error, exchange.wanted.media_type)
        except ClientLeft:
            raise
        except Exception:  # noqa: BLE001  # whatever it is, the client gets an answer and operators a record
            _log.exception("graphql.request_failed", request_id=exchange.request_id)
            exchange.observation.errors.append(ErrorCode.INTERNAL_SERVER_ERROR)
            return answer_failure(exchange.request_id)

    async def _respond(self, scope: Scope, receive: Receive, exchange: Exchange) -> Answer | EventStream:
        if scope["method"] != "POST":
            return await self._operate(self._incoming.parameters(scope, exchange.request_id), scope, receive, exchange)
        if exchange.fault is not None:
            raise exchange.fault
        body = exchange.body
        if body is None:
            body = self._incoming.whole(receive, exchange.headers)
        if body is None:
            body = await self._incoming.rest(receive, exchange.headers)
        return await self._operate(from_body(body, exchange.request_id), scope, receive, exchange)

    async def _operate(
        self, request: GraphQLRequest, scope: Scope, receive: Receive, exchange: Exchange
    ) -> Answer | EventStream:
        streaming = exchange.wanted.takes_events and scope["method"] != "HEAD"
        try:
            prepared = exchange.operation = await self._executor.prepare(request, streaming=streaming)
        except RequestRefused:
            # Whoever brings a wrong key hears of that, whatever else is wrong.
            await self._context(exchange.headers)
            raise
        exchange.cost = prepared.cost
        kind = prepared.operation.operation
        if kind is OperationType.MUTATION and scope["method"] != "POST":
            raise method_not_allowed("GET is for queries: send a mutation with POST.", "POST")
        if kind is OperationType.SUBSCRIPTION:
            exchange.observation.following = self._telemetry.following
            return await self._follow(scope, receive, exchange.headers, prepared)
        context, asked = await self._context(exchange.headers), exchange.asked
        parts = exchange.observation.parts = None if asked is None else []
        response = await self._run(receive, exchange, context, prepared)
        if streaming and exchange.wanted.prefers_events:
            return EventStream(once(response), Progress(), scope, receive, limits=self._stream_limits)
        answer = answer_operation(response, exchange.wanted.media_type)
        if self._caching is not None and scope["method"] != "POST":
            self._caching.apply(answer, response, prepared, exchange.headers.getlist("if-none-match"))
        if self._repeats is not None and asked is not None and parts:
            self._repeats.keep(asked, context, Sent(answer, prepared), response, parts)
        return answer

    async def _run(
        self, receive: Receive, exchange: Exchange, context: object, prepared: PreparedOperation
    ) -> GraphQLResponse:
        if self._tell_origins and prepared.operation.operation is OperationType.QUERY:
            exchange.observation.origins = {}
        if prepared.operation.operation is OperationType.MUTATION:
            # A mutation that was accepted is finished, whether or not somebody waits for it.
            response = await self._executor.run(prepared, context)
        else:
            with StopOnHangUp(receive):
                response = await self._executor.run(prepared, context)
        response = with_origins(response, exchange.observation.origins)
        if self._explained is None or exchange.recorder is None:
            return response
        return await self._explained.complete(response, exchange.recorder, context)

    async def _follow(
        self, scope: Scope, receive: Receive, headers: Headers, prepared: PreparedOperation
    ) -> EventStream:
        assert self._stream_context is not None  # noqa: S101  # or else the operation was refused
        progress = Progress(after=_event_id(headers.get("last-event-id")))
        context = await self._stream_context(headers, progress)
        responses = self._executor.stream(prepared, context)
        return EventStream(responses, progress, scope, receive, limits=self._stream_limits)


def _wish(headers: IndexedHeaders, *, html: bool, events: bool) -> Wish:
    return wish(headers.joined("accept"), html=html, events=events)


def _event_id(text: str | None) -> UUID | None:
    try:
        return None if not text else UUID(text)
    except ValueError as error:
        raise HttpError(400, "`Last-Event-ID` is not the id of an event: send one as it was received.") from error
