"""The span of a request to the one path that nearly all of them go to.

It has what the instrumentation of Starlette records, which takes longer than a short query.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.current import innermost
from graphql_api.observability.opentelemetry.recorded import begun
from graphql_api.observability.opentelemetry.recording import Sink
from graphql_api.observability.opentelemetry.sampling import BAGGAGE, LARGEST_BAGGAGE
from graphql_api.observability.sending import WatchedSend
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.settings.redaction import MASK

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})
_SENT_ALONG: Final = frozenset({b"traceparent", b"tracestate", BAGGAGE})
_AGENT: Final = b"user-agent"
_FAILED: Final = 500
_MOST_KNOWN: Final = 4_096
_LONGEST_KNOWN: Final = 512
"""How many bytes the name of a client program may have that is kept."""


class RequestSpans:
    """Surrounds an application, and records each request."""

    def __init__(self, app: ASGIApp, sink: Sink) -> None:
        self._app = app
        self._sink = sink

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, sent = dict(scope["headers"]), WatchedSend(send)
        token = None if _SENT_ALONG.isdisjoint(headers) else attach(extract(_sent_along(headers)))
        server, client = scope.get("server"), scope.get("client")
        # Some servers tell them as lists.
        topic = _topic(server and tuple(server), scope["method"], scope["path"], scope["scheme"], scope["http_version"])
        try:
            with begun(self._sink, topic, innermost()) as span:
                try:
                    await self._app(scope, receive, sent)
                finally:
                    status, agent = sent.status, headers.get(_AGENT, b"")
                    # What is long is not kept.
                    own = _own if len(agent) <= _LONGEST_KNOWN else _own_facts
                    span.note(own(client and tuple(client), status, agent, bool(scope["query_string"])))
                    if status is not None and status >= _FAILED:
                        span.fail(str(status))
        finally:
            if token is not None:
                detach(token)


def _sent_along(headers: Mapping[bytes, bytes]) -> Mapping[str, str]:
    if len(headers.get(BAGGAGE, b"")) > LARGEST_BAGGAGE:
        headers = {name: value for name, value in headers.items() if name != BAGGAGE}
    return {name.decode(): headers[name].decode("latin-1") for name in _SENT_ALONG & headers.keys()}


@lru_cache(_MOST_KNOWN)
def _topic(server: Sequence[Any] | None, method: str, path: str, scheme: str, version: str) -> Topic:
    method = method if method in _METHODS else "_OTHER"
    facts: dict[str, Any] = {
        "http.request.method": method,
        "http.route": path,
        "url.path": path,
        "url.scheme": scheme,
        "network.protocol.version": version,
    }
    return Topic(SpanKind.REQUEST, f"{method} {path}", {**facts, **_side("server", server)})


@lru_cache(_MOST_KNOWN)
def _own(client: Sequence[Any] | None, status: int | None, agent: bytes, has_query: bool) -> Mapping[str, Any]:
    return Repeated(_own_facts(client, status, agent, has_query))


def _own_facts(client: Sequence[Any] | None, status: int | None, agent: bytes, has_query: bool) -> Mapping[str, Any]:
    facts = _side("client", client)
    if status is not None:
        facts["http.response.status_code"] = status
    if has_query:
        # It may hold a document and variables.
        facts["url.query"] = MASK
    if agent:
        facts["user_agent.original"] = agent.decode("latin-1")
    return facts


def _side(name: str, address: Sequence[Any] | None) -> dict[str, Any]:
    # A Unix domain socket has no port.
    return {} if address is None else {f"{name}.address": address[0], f"{name}.port": address[1] or 0}
