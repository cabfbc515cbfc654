"""The span of a request to the one path that nearly all of them go to.

It has what the instrumentation of Starlette records, which takes longer than a short query.
"""

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import Tracer
from opentelemetry.trace import SpanKind as Role
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.observability.opentelemetry.recorded import RecordedSpan
from graphql_api.settings.redaction import MASK

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})
_SENT_ALONG: Final = frozenset({b"traceparent", b"tracestate", b"baggage"})
_FAILED: Final = 500


class RequestSpans:
    """Surrounds an application, and records each request."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        carried = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _SENT_ALONG}
        if not carried:
            await self._record(scope, receive, send)
            return
        token = attach(extract(carried))
        try:
            await self._record(scope, receive, send)
        finally:
            detach(token)

    async def _record(self, scope: Scope, receive: Receive, send: Send) -> None:
        facts, parent = _facts(scope), trace.get_current_span().get_span_context()
        name = f"{facts['http.request.method']} {scope['path']}"

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                span.note({"http.response.status_code": status})
                if status >= _FAILED:
                    span.fail(str(status))
            await send(message)

        with RecordedSpan(self._tracer, name, Role.SERVER, facts, parent) as span:
            await self._app(scope, receive, send_noted)


def _facts(scope: Scope) -> Mapping[str, Any]:
    method = scope["method"]
    facts: dict[str, Any] = {
        "http.request.method": method if method in _METHODS else "_OTHER",
        "http.route": scope["path"],
        "url.path": scope["path"],
        "url.scheme": scope["scheme"],
        "network.protocol.version": scope["http_version"],
    }
    if scope.get("query_string"):
        # It may hold a document and variables.
        facts["url.query"] = MASK
    for side in ("client", "server"):
        if scope.get(side) is not None:
            # A Unix domain socket has no port.
            facts[f"{side}.address"], facts[f"{side}.port"] = scope[side][0], scope[side][1] or 0
    for name, value in scope["headers"]:
        if name == b"user-agent":
            facts["user_agent.original"] = value.decode("latin-1")
    return facts
