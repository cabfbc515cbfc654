import json

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from graphql_api.http.answer import Answer
from graphql_api.http.short_way import ShortWay
from graphql_api.observability.sending import WatchedSend
from tests.unit.execution.sample import SECRET
from tests.unit.http.client import Connection, raw
from tests.unit.http.connecting import ask, client


class Named:
    """An application that answers with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})


async def way(headers: dict[str, str] | None = None, path: str = "/graphql") -> bytes:
    app = ShortWay(Named("layers"), path, Named("endpoint"))
    return (await Connection().call(app, "POST", raw(headers or {}))).body


async def test_a_request_that_concerns_no_layer_goes_to_the_endpoint() -> None:
    assert await way({"Accept": "application/json", "Authorization": "Bearer key"}) == b"endpoint"


@pytest.mark.parametrize("name", ["Accept-Encoding", "Origin"])
async def test_a_request_that_concerns_a_layer_goes_through_all(name: str) -> None:
    assert await way({"Accept": "application/json", name: "x"}) == b"layers"


async def test_other_paths_go_through_all() -> None:
    assert await way(path="/other") == b"layers"


async def test_an_application_below_another_path_is_reached_through_its_routes() -> None:
    app = ShortWay(Named("layers"), "/graphql", Named("endpoint"))
    connection = Connection()
    scope: Scope = {"type": "http", "path": "/graphql", "root_path": "/shop", "headers": []}
    await app(scope, connection.receive, connection.send)
    assert connection.reply.body == b"layers"


async def test_what_is_no_request_passes_through() -> None:
    connection = Connection()
    await ShortWay(Named("layers"), "/graphql", Named("endpoint"))(
        {"type": "lifespan"}, connection.receive, connection.send
    )
    assert connection.reply.body == b"layers"


async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError(SECRET)


async def fail_late(_scope: Scope, _receive: Receive, send: Send) -> None:
    await Answer(200, b"whole").send(send, "r1")
    raise RuntimeError(SECRET)


def watched(app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, WatchedSend(send))

    return call


@pytest.mark.parametrize("is_watched", [False, True])
async def test_what_the_endpoint_raises_is_answered_and_logged_once(is_watched: bool) -> None:
    app: ASGIApp = ShortWay(Named("layers"), "/graphql", fail)
    with capture_logs() as logs:
        async with client(watched(app) if is_watched else app) as connection:
            status, _, body = await ask(connection, b"GET /graphql HTTP/1.1\r\nHost: t\r\nX-Request-ID: r1\r\n\r\n")
    (error,) = json.loads(body)["errors"]
    assert (status.split()[1], error["message"]) == (b"500", "Internal server error")
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "r1"}
    assert [(one["event"], one["request_id"]) for one in logs] == [("http.request_failed", "r1")]


@pytest.mark.parametrize("is_watched", [False, True])
async def test_what_it_raises_after_its_answer_changes_nothing_of_that(is_watched: bool) -> None:
    app: ASGIApp = ShortWay(Named("layers"), "/graphql", fail_late)
    with capture_logs() as logs:
        async with client(watched(app) if is_watched else app) as connection:
            assert (await ask(connection, b"GET /graphql HTTP/1.1\r\nHost: t\r\n\r\n"))[2] == b"whole"
    assert logs == []
