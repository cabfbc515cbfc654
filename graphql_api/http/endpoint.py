"""The GraphQL endpoint: one ASGI application for POST, GET and browsers.

Cross-site request forgery is kept out by what a page of another site can send without a preflight, which only
the origins that the operator names will pass: GET, HEAD, and POST with a form's or a plain text's content type.
GET and HEAD run queries only, and queries have no effects; POST takes `application/json` only.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graphql_api.execution.executor import Executor
from graphql_api.http.access_log import AccessLog
from graphql_api.http.answer import Answer, named
from graphql_api.http.answering import Answering
from graphql_api.http.caching import HttpCaching
from graphql_api.http.event_stream import EventStream, StreamContext, StreamLimits
from graphql_api.http.exchange import Exchange
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.http.guard import answer_uncaught, request_id
from graphql_api.http.head import head_of
from graphql_api.http.incoming import Incoming
from graphql_api.http.negotiation import MediaType, wish
from graphql_api.http.operations import ContextFactory, Operations
from graphql_api.http.repeats import Repeats
from graphql_api.http.whole import has_begun
from graphql_api.observability.observation import Observation, observe, unobserve
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import NoTelemetry, Telemetry

_PAGE_METHODS: Final = frozenset({"GET", "HEAD"})
_STREAM_LIMITS: Final = StreamLimits()

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
        self._context = context
        self._page = page
        events = stream_context is not None
        self._wish = partial(wish, html=False, events=events)
        self._wish_of_page = partial(wish, html=page is not None, events=events)
        self._incoming = Incoming(max_body_size, body_timeout)
        self._telemetry = telemetry or NoTelemetry()
        self._log = AccessLog(self._telemetry, slow or SlowOperations(float("inf")))
        self._explained = explained
        # What a client is told of where an answer came from would be what another one was told.
        self._repeats = None if tell_origins else repeats
        operations = Operations(
            executor,
            context,
            self._incoming,
            stream_context=stream_context,
            stream_limits=stream_limits,
            following=self._telemetry.following,
            explained=explained,
            tell_origins=tell_origins,
            caching=caching,
            repeats=self._repeats,
        )
        self._answering = Answering(operations, context)
        self.under_way = 0
        """How many requests are not answered to their end."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        head, method = head_of(scope), scope["method"]
        wanted = (self._wish_of_page if method in _PAGE_METHODS else self._wish)(head.accept)
        self.under_way += 1
        try:
            if wanted.chosen is MediaType.HTML:
                await self._show_page(scope, receive, send)
                return
            exchange = Exchange(scope, receive, head, wanted, self._telemetry.tracer())
            answer: Answer | EventStream | None = None
            if self._repeats is not None and self._may_be_repeated(exchange):
                answer = await self._repeats.answer(exchange, self._incoming, self._context)
            if answer is not None:
                await answer.send(send, exchange.request_id)
            else:
                token = observe(self._observed(exchange))
                try:
                    answer = await self._answering.answer(exchange)
                    await answer.send(send, exchange.request_id, head=method == "HEAD")
                finally:
                    unobserve(token)
            seconds = time.perf_counter() - started
            self._log.take(exchange, seconds, answer)
            if seconds > self._log.slow_seconds and not isinstance(answer, EventStream):
                await self._log.tell_slow(exchange, seconds)
        except Exception:
            # There may be no layer around this that would answer; where there is, it tells whether an answer has begun.
            if has_begun(send):
                raise
            await answer_uncaught(scope, send)
        finally:
            self.under_way -= 1

    async def _show_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._page is not None  # noqa: S101  # or else no page was to be had
        page = self._page(Request(scope, receive))
        page.raw_headers.append(named(request_id(scope)))
        await page(scope, receive, send)

    def _may_be_repeated(self, exchange: Exchange) -> bool:
        """Tell whether nobody wants to see how the answer comes about, and it is sent whole, if any is."""
        wanted, explained = exchange.wanted, self._explained
        return (
            exchange.method == "POST"
            and exchange.tracer is None
            and wanted.can_be_met
            and not wanted.takes_events
            and (explained is None or not explained.is_asked(exchange.head))
        )

    def _observed(self, exchange: Exchange) -> Observation:
        observation = Observation(exchange.tracer, exchange.request_id, resolved=self._telemetry.resolved)
        exchange.observation = observation
        if exchange.asked is not None:
            observation.parts = []
        if self._explained is not None:
            exchange.recorder = self._explained.begin(exchange.head, observation)
        return observation
