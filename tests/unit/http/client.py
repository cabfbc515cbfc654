"""A client without a network: it calls an ASGI application and keeps what comes back."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from graphql_api.execution.documents import Documents
from graphql_api.http.caching import HttpCaching
from graphql_api.http.endpoint import GraphQLEndpoint, Page
from graphql_api.http.guard import RequestGuard
from graphql_api.http.repeats import Repeats
from tests.unit.execution.sample import Diary, sample_executor

GRAPHQL = "application/graphql-response+json"
Headers = dict[str, str]


@dataclass
class Reply:
    status: int = 0
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        (error, *_) = self.json()["errors"]
        return str(error["extensions"]["code"])

    @property
    def message(self) -> str:
        (error, *_) = self.json()["errors"]
        return str(error["message"])


@dataclass
class Connection:
    """One request and its answer; the body comes in the given pieces, and then the client waits or hangs up."""

    pieces: Sequence[bytes] = (b"",)
    stalls: bool = False
    left: asyncio.Event = field(default_factory=asyncio.Event)
    reply: Reply = field(default_factory=Reply)
    received: int = 0

    async def receive(self) -> Message:
        if self.received < len(self.pieces):
            self.received += 1
            more = self.stalls or self.received < len(self.pieces)
            return {"type": "http.request", "body": self.pieces[self.received - 1], "more_body": more}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.reply.status = message["status"]
            self.reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.reply.body += message.get("body", b"")

    async def call(
        self, app: ASGIApp, method: str, headers: Iterable[tuple[bytes, bytes]], query_string: bytes = b""
    ) -> Reply:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": query_string,
            "headers": list(headers),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, self.receive, self.send)
        return self.reply


def raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def post(app: ASGIApp, body: object, accept: str = GRAPHQL, **headers: str) -> Reply:
    """Post JSON, or bytes as they are; underscores in the names of headers stand for hyphens."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"content-type": "application/json", "accept": accept, **named}
    return await Connection([content]).call(app, "POST", raw(sent))


async def get(app: ASGIApp, accept: str = GRAPHQL, method: str = "GET", **parameters: str) -> Reply:
    return await get_with(app, {"accept": accept}, method, **parameters)


async def get_with(app: ASGIApp, headers: Headers, method: str = "GET", **parameters: str) -> Reply:
    return await Connection().call(app, method, raw(headers), urlencode(parameters).encode())


@dataclass
class Served:
    """An endpoint over the sample schema, and the diaries of its requests."""

    endpoint: ASGIApp
    """Without what surrounds it."""
    app: ASGIApp
    diaries: list[Diary]
    started: asyncio.Event

    @property
    def entries(self) -> list[str]:
        return [entry for diary in self.diaries for entry in diary.entries]


def serve(
    *,
    timeout: float = 5,
    page: Page | None = None,
    max_body_size: int = 100_000,
    body_timeout: float = 5,
    documents: Documents | None = None,
    caching: HttpCaching | None = None,
    repeats: Repeats | None = None,
) -> Served:
    diaries: list[Diary] = []
    started = asyncio.Event()

    async def context(_request: object) -> Diary:
        diaries.append(Diary(started=started))
        return diaries[-1]

    endpoint = GraphQLEndpoint(
        sample_executor(timeout=timeout, documents=documents),
        context,
        page=page,
        max_body_size=max_body_size,
        body_timeout=body_timeout,
        caching=caching,
        repeats=repeats,
    )
    return Served(endpoint, RequestGuard(endpoint), diaries, started)
