"""The whole application and a client of it, in this process: no network, no thread, and an event loop of their own.

Tests that use it are plain functions, so that fixtures may live as long as they like and Hypothesis may call them.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from domain.kernel import viewer as viewers
from domain.kernel.viewer import Viewer
from graphql_api import app as application
from graphql_api.app import create_app
from graphql_api.bootstrap import compose
from graphql_api.http.authentication import StaticKeys
from graphql_api.manifest import MANIFEST, Served
from graphql_api.settings import DatabaseSettings, DatabaseUrl, GraphQLSettings, LoggingSettings, Settings
from tests.support.databases import migrated_database

T = TypeVar("T")
STAFF = Viewer(frozenset({viewers.STAFF}))
GRAPHQL = "application/graphql-response+json"
DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
"""The parameters of a fixture that gives something on each database."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Fault:
    """The one error of an answer, and the status that it came with."""

    status: int
    code: str
    message: str
    error: Mapping[str, Any]

    @property
    def argument(self) -> object:
        """The argument that is at fault, where the error names one."""
        return self.error["extensions"].get("argument")


class Api:
    """A client of an ASGI application."""

    def __init__(self, app: ASGIApp, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._app = app
        self._run = run

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop of the application."""
        result: T = self._run(work)
        return result

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send a request; underscores in the names of headers stand for hyphens."""
        return self.run(self.arrive(method, path, body, **headers))

    async def arrive(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send a request from within the loop, so that several can be on their way at once."""
        exchange = _Exchange(body)
        await self._app(_scope(method, path, headers), exchange.receive, exchange.send)
        return Reply(exchange.status, exchange.headers, exchange.answer)

    def post(self, document: str, variables: Mapping[str, Any] | None = None) -> Reply:
        """Post an operation."""
        return self.run(self.answered(document, variables))

    def data(self, document: str, **variables: Any) -> Any:
        """Run an operation that has no errors, and return its data."""
        return self.run(self.answer(document, **variables))

    async def answer(self, document: str, **variables: Any) -> Any:
        """Run an operation that has no errors, from within the loop."""
        reply = await self.answered(document, variables)
        payload = reply.json()
        assert "errors" not in payload, payload["errors"]
        assert reply.status == 200
        return payload["data"]

    def fault(self, document: str, **variables: Any) -> Fault:
        """Run an operation that has just one error, and return that."""
        reply = self.post(document, variables)
        (error,) = reply.json()["errors"]
        return Fault(reply.status, error["extensions"]["code"], error["message"], error)

    async def answered(self, document: str, variables: Mapping[str, Any] | None = None) -> Reply:
        """Post an operation, from within the loop."""
        content = json.dumps({"query": document, "variables": variables}).encode()
        return await self.arrive("POST", "/graphql", content, content_type="application/json", accept=GRAPHQL)


class _Exchange:
    """One request and its answer, as ASGI sees them; the client waits until it is done."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.headers: dict[str, str] = {}
        self.answer = b""

    async def receive(self) -> Message:
        if self._body is None:
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.answer += message.get("body", b"")


def _scope(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query_string = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query_string.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


def settings_of(url: str, **sections: Any) -> Settings:
    """Make the settings of an application on a database that it migrates itself and leaves empty."""
    database = DatabaseSettings(url=DatabaseUrl(url), migrate_on_start=True)
    # On a machine that is busy any operation may be slow, and its plan would be asked for by another statement.
    quiet = LoggingSettings(level="error", format="console", slow_operation=3_600)
    # What an operation may cost has tests of its own.
    generous = GraphQLSettings(max_cost=1_000_000_000)
    defaults = {"environment": "testing", "database": database, "logging": quiet, "graphql": generous}
    return Settings(**{**defaults, **sections})


@contextmanager
def new_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Make a database with the tables, of the kind that a fixture has as its parameter, and give its URL."""
    with migrated_database(request.param, request) as settings:
        yield settings.url.reveal()


@contextmanager
def serving(
    settings: Settings,
    viewer: Viewer = STAFF,
    manifest: Sequence[Served] = MANIFEST,
    keys: Mapping[str, Viewer] | None = None,
    beside: Api | None = None,
) -> Iterator[Api]:
    """Run the real application from its start to its end, and give a client of it that asks as a viewer.

    With one of the `keys`, it asks as somebody else. An application beside another one shares its event loop.
    """
    before = structlog.get_config()
    try:
        with patch.object(application, "compose", partial(compose, manifest=manifest)):
            app = create_app(settings, StaticKeys(keys or {}, without_key=viewer))
        with living(app, beside) as api:
            yield api
    finally:
        structlog.configure(**before)


@contextmanager
def living(app: Starlette, beside: Api | None = None) -> Iterator[Api]:
    """Start an application, give a client of it, and stop it."""
    with ExitStack() as stack:
        run = beside.run if beside else stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop)).run
        lifespan = app.router.lifespan_context(app)
        run(_enter(lifespan))
        try:
            yield Api(app, run)
        finally:
            run(_leave(lifespan))


async def _enter(lifespan: Any) -> None:
    await lifespan.__aenter__()


async def _leave(lifespan: Any) -> None:
    await lifespan.__aexit__(None, None, None)
