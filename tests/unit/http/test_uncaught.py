"""What the endpoint does not foresee, over the server's own protocol, without a layer around it."""

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from graphql_api.http.access_log import AccessLog
from graphql_api.observability.sending import WatchedSend
from tests.unit.execution.sample import SECRET
from tests.unit.http.client import serve
from tests.unit.http.connecting import ask, client

HEAD = b"GET /graphql?query={hello} HTTP/1.1\r\nHost: t\r\nX-Request-ID: r1\r\nAccept: %b\r\n\r\n"


def fail(_request: Request) -> Response:
    raise RuntimeError(SECRET)


def watched(app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, WatchedSend(send))

    return call


def unwatched(app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return call


@pytest.mark.parametrize("around", [watched, unwatched])
async def test_what_the_endpoint_raises_is_answered_and_logged_once(around: Any) -> None:
    with capture_logs() as logs:
        async with client(around(serve(page=fail).endpoint)) as connection:
            status, _, body = await ask(connection, HEAD % b"text/html")
    (error,) = json.loads(body)["errors"]
    assert (status.split()[1], error["message"]) == (b"500", "Internal server error")
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "r1"}
    assert [(one["event"], one["request_id"]) for one in logs] == [("http.request_failed", "r1")]


@pytest.mark.parametrize("around", [watched, unwatched])
async def test_what_it_raises_after_its_answer_changes_nothing_of_that(
    around: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(AccessLog, "take", take)
    with capture_logs() as logs:
        async with client(around(serve().endpoint)) as connection:
            _, _, body = await ask(connection, HEAD % b"application/json")
    assert json.loads(body) == {"data": {"hello": "hello you"}}
    assert logs == []
