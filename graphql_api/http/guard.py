"""The outermost layer: an id for every request, and a JSON answer for every failure."""

import re
from os import urandom

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.http.answer import answer_failure

_log = structlog.stdlib.get_logger(__name__)

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
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
        request_id = scope[_KEY] = _choose(_proposed(scope))
        header = (b"x-request-id", request_id.encode())
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._app(scope, receive, send_named)
        except Exception:
            if started:
                # Too late for an answer: the server has to break the connection off.
                raise
            _log.exception("http.request_failed", path=scope["path"], request_id=request_id)
            await answer_failure(request_id).send(send_named)
        finally:
            structlog.contextvars.reset_contextvars(**bound)


def request_id(scope: Scope) -> str:
    """Give the id of a request; one that came past the guard gets its own."""
    chosen: str = scope.setdefault(_KEY, "") or _choose("")
    scope[_KEY] = chosen
    return chosen


def _proposed(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return str(value, "latin-1")
    return ""


def _choose(proposed: str) -> str:
    return proposed if _WELL_FORMED.fullmatch(proposed) else urandom(16).hex()
