"""Starlette without the layer that it puts around all others."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp


class GuardedStarlette(Starlette):
    """An application that is surrounded by its own layers alone: one of them answers what nobody caught."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the layers around the routes, the first one outermost."""
        app: ASGIApp = self.router
        refusals = Middleware(ExceptionMiddleware, handlers=self.exception_handlers)
        for layer, arguments, options in reversed([*self.user_middleware, refusals]):
            app = layer(app, *arguments, **options)
        return app
