"""The span of a request to the one path that nearly all of them go to.

It has what the instrumentation of Starlette records, which takes longer than a short query.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind as Role
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.recorded import begun, innermost
from graphql_api.observability.opentelemetry.recording import Sink
from graphql_api.observability.opentelemetry.sampling import BAGGAGE, LARGEST_BAGGAGE
from graphql_api.settings.redaction import MASK

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})
_SENT_ALONG: Final = frozenset({b"traceparent", b"tracestate", BAGGAGE})
_AGENT: Final = b"user-agent"
_TOLD: Final = _SENT_ALONG | {_AGENT}
_FAILED: Final = 500
_SERVER: Final = Role.SERVER.value
_MOST_KNOWN: Final = 256


class RequestSpans:
    """Surrounds an application, and records each request."""

    def __init__(self, app: ASGIApp, sink: Sink) -> None:
        self._app = app
        self._sink = sink

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _TOLD}
        if told.keys().isdisjoint(_SENT_ALONG):
            await self._record(scope, receive, send, told.get(_AGENT))
            return
        if len(told.get(BAGGAGE, "")) > LARGEST_BAGGAGE:
            del told[BAGGAGE]
        token = attach(extract({name.decode(): value for name, value in told.items() if name in _SENT_ALONG}))
        try:
            await self._record(scope, receive, send, told.get(_AGENT))
        finally:
            detach(token)

    async def _record(self, scope: Scope, receive: Receive, send: Send, agent: str | None) -> None:
        known = _known(scope["method"], scope["path"], scope["scheme"], scope["http_version"], scope.get("server"))
        name = f"{known['http.request.method']} {scope['path']}"

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                span.note({"http.response.status_code": status})
                if status >= _FAILED:
                    span.fail(str(status))
            await send(message)

        with begun(self._sink, name, _SERVER, known, innermost().get_span_context()) as span:
            span.note(_own(scope, agent))
            await self._app(scope, receive, send_noted)


@lru_cache(_MOST_KNOWN)
def _known(method: str, path: str, scheme: str, version: str, server: Sequence[Any] | None) -> Mapping[str, Any]:
    facts: dict[str, Any] = {
        "http.request.method": method if method in _METHODS else "_OTHER",
        "http.route": path,
        "url.path": path,
        "url.scheme": scheme,
        "network.protocol.version": version,
    }
    return Repeated({**facts, **_side("server", server)})


def _own(scope: Scope, agent: str | None) -> Mapping[str, Any]:
    facts = _side("client", scope.get("client"))
    if scope["query_string"]:
        # It may hold a document and variables.
        facts["url.query"] = MASK
    if agent is not None:
        facts["user_agent.original"] = agent
    return facts


def _side(name: str, address: Sequence[Any] | None) -> dict[str, Any]:
    # A Unix domain socket has no port.
    return {} if address is None else {f"{name}.address": address[0], f"{name}.port": address[1] or 0}
