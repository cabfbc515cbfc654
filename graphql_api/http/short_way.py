"""The way of most requests: to the endpoint at once, past the layers that would do nothing for them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.http.guard import answer_uncaught
from graphql_api.http.head import head_of
from graphql_api.http.whole import has_begun


class ShortWay:
    """Middleware that gives a request to the one endpoint at `path`, unless a layer below has a part in it.

    What it raises is answered as the layers would do it, where uvicorn tells that no answer has begun.
    """

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["path"] == self._path
            and not scope.get("root_path")
            and head_of(scope).concerns_no_layer
        ):
            try:
                await self._endpoint(scope, receive, send)
            except Exception:
                if has_begun(send):
                    raise
                await answer_uncaught(scope, send)
        else:
            await self._app(scope, receive, send)
