"""An id for every request, and a JSON answer for every failure."""

from random import getrandbits

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.http.answer import answer_failure, named
from graphql_api.http.head import Head, head_of

_log = structlog.stdlib.get_logger(__name__)

_KEY = "graphql_api.request_id"


class RequestGuard:
    """Middleware that names each request by its `X-Request-ID`, or by a new one where that is not well-formed.

    The id goes into the response header and every log record. An exception that nobody caught is logged once
    and answered with 500.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id = request_id(scope)
        header = named(id)
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = message.get("headers", ())
                # The endpoint names its answers itself, for most requests do not come by here.
                if header not in headers:
                    message = {**message, "headers": [*headers, header]}
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=id)
        try:
            await self._app(scope, receive, send_named)
        except Exception:
            if started:
                # Too late for an answer: the server has to break the connection off.
                raise
            await answer_uncaught(scope, send)
        finally:
            structlog.contextvars.reset_contextvars(**bound)


async def answer_uncaught(scope: Scope, send: Send) -> None:
    """Log the exception that is being handled, and answer a request that was not answered for it."""
    id = request_id(scope)
    _log.exception("http.request_failed", path=scope["path"], request_id=id)
    await answer_failure(id).send(send, id)


def request_id(scope: Scope, head: Head | None = None) -> str:
    """Give the id of a request, whose head may be at hand; it is chosen when it is asked for."""
    known: str | None = scope.get(_KEY)
    if known is None:
        proposed = (head_of(scope) if head is None else head).proposed_id
        known = scope[_KEY] = proposed or f"{getrandbits(128):032x}"
    return known
