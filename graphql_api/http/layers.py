"""The layers around the routes."""

import os

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


class GuardedStarlette(Starlette):
    """An application that is surrounded by its own layers alone: one of them answers what nobody caught."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers around the routes, the first one outermost."""
        app: ASGIApp = self.router
        refusals = Middleware(ExceptionMiddleware, handlers=self.exception_handlers)
        for layer, arguments, options in reversed([*self.user_middleware, refusals]):
            app = layer(app, *arguments, **options)
        return app


def forwarded() -> Middleware:
    """Take it from proxies where requests come from: from those that uvicorn would trust."""
    return Middleware(ProxyHeadersMiddleware, trusted_hosts=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))
