"""The handshake: which origins and which protocol are served.

Browsers let any page open a WebSocket to any host and send cookies and local credentials along: the origin tells.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from graphql_api.execution.executor import Executor
from graphql_api.http.access_log import AccessLog
from graphql_api.http.event_stream import StreamContext
from graphql_api.http.websocket.messages import PROTOCOL, CloseCode
from graphql_api.http.websocket.operation import Service
from graphql_api.http.websocket.session import Session, SessionLimits
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import NoTelemetry, Telemetry

_POLICY_VIOLATION = 1008


class WebSocketEndpoint:
    """Serve an executor over WebSocket, to pages of its own origin and of the given ones."""

    def __init__(
        self,
        executor: Executor,
        context: StreamContext,
        limits: SessionLimits,
        origins: Collection[str] = (),
        *,
        telemetry: Telemetry | None = None,
        slow: SlowOperations | None = None,
    ) -> None:
        telemetry = telemetry or NoTelemetry()
        log = AccessLog(telemetry, slow or SlowOperations(float("inf")), transport="websocket")
        self._service = Service(executor, context, telemetry, log)
        self._limits = limits
        self._origins = origins
        self.open = 0
        """How many connections there are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if not may_connect(socket.headers, self._origins):
            # Before it is accepted this answers the handshake with 403.
            await socket.close(_POLICY_VIOLATION)
            return
        if PROTOCOL not in scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, f"Ask for the subprotocol {PROTOCOL}")
            return
        await socket.accept(subprotocol=PROTOCOL)
        self.open += 1
        try:
            await Session(socket, self._service, self._limits).run()
        finally:
            self.open -= 1


def may_connect(headers: Headers, origins: Collection[str]) -> bool:
    """Tell whether a page may connect; what is no page of a browser sends no origin."""
    origin = headers.get("origin")
    if origin is None or "*" in origins or origin in origins:
        return True
    return urlsplit(origin).netloc == headers.get("host", "")
