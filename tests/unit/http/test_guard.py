import re

import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from graphql_api.http.answer import named
from graphql_api.http.guard import RequestGuard, request_id
from tests.unit.execution.sample import SECRET
from tests.unit.http.client import Connection, raw


class Seen:
    """An application that notes the id of its request, in the scope and in the log."""

    def __init__(self) -> None:
        self.ids: list[object] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.ids += [request_id(scope), structlog.contextvars.get_contextvars().get("request_id")]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-other", b"1")]})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("proposed", ["a", "0190f6-1b.c_D", "x" * 128])
async def test_a_well_formed_id_is_kept(proposed: str) -> None:
    app = Seen()
    reply = await Connection().call(RequestGuard(app), "GET", raw({"X-Request-ID": proposed}))
    assert app.ids == [proposed, proposed]
    assert reply.headers == {"x-other": "1", "x-request-id": proposed}


@pytest.mark.parametrize("proposed", ["", " ", "-a", "a b", "a\nb", "é", "x" * 129, '{"a":1}', "\x1b[31m"])
async def test_another_id_is_replaced(proposed: str) -> None:
    app = Seen()
    reply = await Connection().call(RequestGuard(app), "GET", raw({"X-Request-ID": proposed}))
    assert re.fullmatch("[0-9a-f]{32}", reply.headers["x-request-id"])
    assert app.ids == [reply.headers["x-request-id"]] * 2


async def test_an_application_that_names_its_answers_itself_is_left_to_that() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": [named(request_id(scope))]})

    async def send(message: Message) -> None:
        sent.append(message)

    await RequestGuard(app)({"type": "http", "headers": raw({"X-Request-ID": "r1"})}, Connection().receive, send)
    assert [message["headers"] for message in sent] == [[(b"x-request-id", b"r1")]]


async def test_the_id_leaves_the_log_with_the_request() -> None:
    await Connection().call(RequestGuard(Seen()), "GET", [])
    assert "request_id" not in structlog.contextvars.get_contextvars()


async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError(SECRET)


async def test_an_exception_that_nobody_caught_becomes_a_json_500() -> None:
    with capture_logs() as logs:
        reply = await Connection().call(RequestGuard(fail), "GET", raw({"X-Request-ID": "abc"}))
    assert reply.status == 500
    assert reply.json() == {
        "errors": [
            {
                "message": "Internal server error",
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "abc"},
            }
        ]
    }
    assert [(record["event"], record["request_id"]) for record in logs] == [("http.request_failed", "abc")]


async def fail_late(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError(SECRET)


async def test_an_exception_after_the_answer_has_begun_breaks_it_off() -> None:
    with pytest.raises(RuntimeError):
        await Connection().call(RequestGuard(fail_late), "GET", [])


async def test_what_is_no_request_passes_through() -> None:
    scopes: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        scopes.append(scope["type"])

    connection = Connection()
    await RequestGuard(app)({"type": "lifespan"}, connection.receive, connection.send)
    assert scopes == ["lifespan"]
