"""The span of a request to the one path that nearly all of them go to.

It has what the instrumentation of Starlette records, which takes longer than a short query.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract
from opentelemetry.trace import INVALID_SPAN
from opentelemetry.trace import SpanKind as Role
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.recorded import begun, innermost
from graphql_api.observability.opentelemetry.recording import Sink
from graphql_api.observability.opentelemetry.sampling import BAGGAGE, LARGEST_BAGGAGE
from graphql_api.observability.sending import WatchedSend
from graphql_api.settings.redaction import MASK

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})
_SENT_ALONG: Final = frozenset({b"traceparent", b"tracestate", BAGGAGE})
_AGENT: Final = b"user-agent"
_FAILED: Final = 500
_SERVER: Final = Role.SERVER.value
_MOST_KNOWN: Final = 256


class RequestSpans:
    """Surrounds an application, and records each request."""

    def __init__(self, app: ASGIApp, sink: Sink) -> None:
        self._app = app
        self._sink = sink

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        token = None if _SENT_ALONG.isdisjoint(headers) else attach(extract(_sent_along(headers)))
        name, known = _known(
            scope["method"], scope["path"], scope["scheme"], scope["http_version"], scope.get("server")
        )

        sent = WatchedSend(send)
        try:
            with begun(self._sink, name, _SERVER, known, (innermost() or INVALID_SPAN).get_span_context()) as span:
                try:
                    await self._app(scope, receive, sent)
                finally:
                    span.note(_own(scope, headers, sent.status))
                    if sent.status is not None and sent.status >= _FAILED:
                        span.fail(str(sent.status))
        finally:
            if token is not None:
                detach(token)


def _sent_along(headers: Mapping[bytes, bytes]) -> Mapping[str, str]:
    if len(headers.get(BAGGAGE, b"")) > LARGEST_BAGGAGE:
        headers = {name: value for name, value in headers.items() if name != BAGGAGE}
    return {name.decode(): headers[name].decode("latin-1") for name in _SENT_ALONG & headers.keys()}


@lru_cache(_MOST_KNOWN)
def _known(
    method: str, path: str, scheme: str, version: str, server: Sequence[Any] | None
) -> tuple[str, Mapping[str, Any]]:
    method = method if method in _METHODS else "_OTHER"
    facts: dict[str, Any] = {
        "http.request.method": method,
        "http.route": path,
        "url.path": path,
        "url.scheme": scheme,
        "network.protocol.version": version,
    }
    return f"{method} {path}", Repeated({**facts, **_side("server", server)})


def _own(scope: Scope, headers: Mapping[bytes, bytes], status: int | None) -> Mapping[str, Any]:
    facts = _side("client", scope.get("client"))
    if status is not None:
        facts["http.response.status_code"] = status
    if scope["query_string"]:
        # It may hold a document and variables.
        facts["url.query"] = MASK
    if _AGENT in headers:
        facts["user_agent.original"] = headers[_AGENT].decode("latin-1")
    return facts


def _side(name: str, address: Sequence[Any] | None) -> dict[str, Any]:
    # A Unix domain socket has no port.
    return {} if address is None else {f"{name}.address": address[0], f"{name}.port": address[1] or 0}
