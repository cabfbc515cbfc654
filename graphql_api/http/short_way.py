"""The way of most requests: to the endpoint at once, past the layers that would do nothing for them."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.http.head import head_of


class ShortWay:
    """Middleware that gives a request to the one endpoint at `path`, unless a layer below has a part in it.

    It is no coroutine function, which would be one more that each request waits through.
    """

    # So asgiref, which the instrumentation of OpenTelemetry asks, would take it for an application of ASGI 2.
    _asgi_single_callable = True

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_short = (
            scope["type"] == "http"
            and scope["path"] == self._path
            and not scope.get("root_path")
            and head_of(scope).concerns_no_layer
        )
        return (self._endpoint if is_short else self._app)(scope, receive, send)
