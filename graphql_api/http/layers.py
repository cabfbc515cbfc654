"""The layers around the routes."""

import os
from collections.abc import Awaitable
from typing import Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from graphql_api.http.head import head_of


class GuardedStarlette(Starlette):
    """An application that is surrounded by its own layers alone: one of them answers what nobody caught."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers around the routes, the first one outermost."""
        app: ASGIApp = self.router
        refusals = Middleware(ExceptionMiddleware, handlers=self.exception_handlers)
        for layer, arguments, options in reversed([*self.user_middleware, refusals]):
            app = layer(app, *arguments, **options)
        return app

    def way_in(self) -> ASGIApp:
        """Give what takes requests as this does, without a coroutine of its own around those of the layers.

        No server takes a function that is none for ASGI 3 unless it is told.
        """
        layers = self.middleware_stack = self.build_middleware_stack()

        def come_in(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            scope["app"] = self
            return layers(scope, receive, send)

        return come_in


class Forwarded:
    """Middleware that takes it from trusted proxies where requests come from, and leaves others as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Those that uvicorn would trust.
        trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
        self._told: Any = ProxyHeadersMiddleware(cast(Any, app), trusted)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        direct = scope["type"] == "lifespan" or head_of(scope).is_direct
        app: ASGIApp = self._app if direct else self._told
        return app(scope, receive, send)
