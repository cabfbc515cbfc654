"""An operation answered as server-sent events: the distinct connections mode of the GraphQL over SSE protocol."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Send

from graphql_api.context import Progress
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import encode, named
from graphql_api.http.exchange import Exchange
from graphql_api.http.negotiation import EVENTS

StreamContext = Callable[[Headers, Progress], Awaitable[object]]
"""Makes what resolvers have at hand, for whoever sends the headers, and with it the progress of their stream."""

_STREAMING = "graphql_api.streaming"
_HEADERS = (
    (b"content-type", f"{EVENTS}; charset=utf-8".encode()),
    (b"cache-control", b"no-store"),
    (b"vary", b"accept"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # proxies that buffer would hold events back
)
_SIGN_OF_LIFE = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def stream_patience(scope: Mapping[str, Any]) -> float | None:
    """Tell how long the client may read nothing where it is answered by a stream that may never end, or None."""
    patience: float | None = scope.get(_STREAMING)
    return patience


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Seconds between signs of life, and seconds after which a client that reads nothing is given up."""

    keep_alive: float = 12.0
    send_timeout: float = 10.0


class EventStream:
    """The answer, sent as its parts come; it ends when they do, or when the client leaves.

    The headers are sent once it is certain that no event will be missed. Comments show that the connection lives.
    """

    status = 200

    def __init__(
        self,
        responses: AsyncGenerator[GraphQLResponse],
        progress: Progress,
        exchange: Exchange,
        *,
        limits: StreamLimits,
    ) -> None:
        exchange.scope[_STREAMING] = limits.send_timeout
        self._responses = responses
        self._progress = progress
        self._leaving = exchange.leaving
        self._keep_alive = limits.keep_alive
        self.size = 0
        self.error_count = 0

    async def send(self, send: Send, request_id: str, *, head: bool = False) -> None:
        """Send the stream."""
        del head
        left = asyncio.create_task(self._leaving())
        following = asyncio.create_task(self._progress.following.wait())
        coming = asyncio.create_task(self._next())
        try:
            async with aclosing(self._responses):
                try:
                    await _first({coming, following, left})
                    headers = [*_HEADERS, named(request_id)]
                    await send({"type": "http.response.start", "status": self.status, "headers": headers})
                    await self._write(send, _SIGN_OF_LIFE)
                    while not left.done():
                        await _first({coming, left}, self._keep_alive)
                        if not coming.done():
                            await self._write(send, _SIGN_OF_LIFE)
                            continue
                        response = coming.result()
                        if response is None:
                            await self._write(send, _COMPLETE, more=False)
                            return
                        await self._write(send, self._event(response))
                        coming = asyncio.create_task(self._next())
                finally:
                    await _ended(coming)
        finally:
            await _ended(left)
            await _ended(following)

    async def _next(self) -> GraphQLResponse | None:
        return await anext(self._responses, None)

    def _event(self, response: GraphQLResponse) -> bytes:
        self.error_count += len(response.errors)
        id = self._progress.event_id
        named = b"" if id is None else f"id: {id}\n".encode()
        return named + b"event: next\ndata: " + encode(response.payload()) + b"\n\n"

    async def _write(self, send: Send, body: bytes, *, more: bool = True) -> None:
        self.size += len(body)
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def once(response: GraphQLResponse) -> AsyncGenerator[GraphQLResponse]:
    """Give a response that is there already."""
    yield response


async def _first(tasks: "set[asyncio.Task[Any]]", seconds: float | None = None) -> None:
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _ended(task: "asyncio.Task[object]") -> None:
    """End a task whose outcome nobody wants any more."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
