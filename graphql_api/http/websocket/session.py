"""One WebSocket connection: initialised once, then any number of operations at a time, up to a limit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect

from graphql_api.context import Progress
from graphql_api.execution.errors import RequestRefused, describe
from graphql_api.execution.request import GraphQLRequest
from graphql_api.http.authentication import Unauthenticated
from graphql_api.http.errors import HttpError
from graphql_api.http.parameters import from_parameters
from graphql_api.http.websocket.channel import Channel
from graphql_api.http.websocket.messages import CloseCode, Closing
from graphql_api.http.websocket.operation import Operation, Service


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What one connection may do; times are in seconds, sizes in bytes."""

    operations: int
    message_size: int
    init_timeout: float
    send_timeout: float


class Session:
    """The server's side of one connection."""

    def __init__(self, socket: WebSocket, service: Service, limits: SessionLimits) -> None:
        self._service = service
        self._limits = limits
        self._channel = Channel(socket, message_size=limits.message_size, send_timeout=limits.send_timeout)
        self._headers = socket.headers
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serve the connection until either side closes it."""
        serving = asyncio.create_task(self._serve())
        try:
            await asyncio.wait({serving, self._failed}, return_when=asyncio.FIRST_COMPLETED)
            await (self._failed if self._failed.done() else serving)
        except WebSocketDisconnect:
            pass
        except Closing as closing:
            await self._channel.close(closing)
        finally:
            await _cancelled(serving, *self._running.values())
            self._failed.cancel()

    async def _serve(self) -> None:
        try:
            async with asyncio.timeout(self._limits.init_timeout):
                await self._initialise()
        except TimeoutError:
            raise Closing(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout") from None
        while True:
            message = await self._channel.receive()
            match message.type:
                case "connection_init":
                    raise Closing(CloseCode.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
                case "ping":
                    await self._channel.send("pong", payload=message.payload)
                case "subscribe":
                    await self._subscribe(message.id or "", message.payload or {})
                case "complete" if (task := self._running.pop(message.id or "", None)) is not None:
                    task.cancel()

    async def _initialise(self) -> None:
        while True:
            message = await self._channel.receive()
            match message.type:
                case "ping":
                    await self._channel.send("pong", payload=message.payload)
                case "subscribe":
                    raise Closing(CloseCode.UNAUTHORIZED, "Unauthorized: send connection_init first")
                case "connection_init":
                    self._headers = _with_credentials(self._headers, message.payload or {})
                    try:
                        await self._service.context(self._headers, Progress())
                    except Unauthenticated as error:
                        raise Closing(CloseCode.UNAUTHORIZED, f"Unauthorized: {error}") from error
                    await self._channel.send("connection_ack")
                    return

    async def _subscribe(self, id: str, payload: Mapping[str, Any]) -> None:
        if id in self._running:
            raise Closing(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {id} already exists")
        try:
            request = from_parameters(payload, uuid4().hex)
        except HttpError as error:
            raise Closing(CloseCode.BAD_REQUEST, str(error)) from error
        if len(self._running) >= self._limits.operations:
            message = f"At most {self._limits.operations} operations at once are allowed on one connection."
            refusal = RequestRefused([describe(GraphQLError(message), "TOO_MANY_OPERATIONS")])
            await self._operation(id, request).refuse(refusal)
            return
        self._running[id] = asyncio.create_task(self._operate(id, request))

    async def _operate(self, id: str, request: GraphQLRequest) -> None:
        """Answer one operation, which ends the connection at worst."""
        try:
            await self._operation(id, request).run(self._headers)
        except (Closing, WebSocketDisconnect) as error:
            if not self._failed.done():
                self._failed.set_exception(error)
        finally:
            self._ended(id)

    def _operation(self, id: str, request: GraphQLRequest) -> Operation:
        return Operation(self._service, self._channel, id, request, partial(self._ended, id))

    def _ended(self, id: str) -> None:
        # The id may belong to another operation by now.
        if self._running.get(id) is asyncio.current_task():
            del self._running[id]


def _with_credentials(headers: Headers, payload: Mapping[str, Any]) -> Headers:
    """Take the Authorization of the payload, where there is one, in the place of the handshake's.

    Raises Closing where it is no text.
    """
    nested = payload.get("headers")
    places = [payload, *([nested] if isinstance(nested, dict) else [])]
    found = [value for place in places for name, value in place.items() if name.lower() == "authorization"]
    if not found:
        return headers
    if not all(isinstance(value, str) for value in found):
        raise Closing(CloseCode.BAD_REQUEST, "The authorization in the payload must be a text.")
    return Headers({"authorization": found[0]})


async def _cancelled(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
