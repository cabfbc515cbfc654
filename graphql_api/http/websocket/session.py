"""One WebSocket connection: initialised once, then any number of operations at a time, up to a limit."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from graphql import GraphQLError, GraphQLFormattedError, OperationType
from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.kernel.event_log import FellBehind
from graphql_api.context import Progress
from graphql_api.execution.engine import PreparedOperation
from graphql_api.execution.errors import ErrorCode, RequestRefused, describe
from graphql_api.execution.executor import Executor
from graphql_api.execution.request import GraphQLRequest, GraphQLResponse
from graphql_api.execution.tracing import note_errors, operation_span
from graphql_api.http.authentication import Unauthenticated
from graphql_api.http.errors import HttpError
from graphql_api.http.event_stream import StreamContext
from graphql_api.http.parameters import from_parameters
from graphql_api.http.websocket.messages import CloseCode, Closing, Received, read, write
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import Telemetry

_TRACEPARENT = "traceparent"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What one connection may do; times are in seconds, sizes in bytes."""

    operations: int
    message_size: int
    init_timeout: float
    send_timeout: float


class Session:
    """The server's side of one connection."""

    def __init__(
        self,
        socket: WebSocket,
        executor: Executor,
        context: StreamContext,
        limits: SessionLimits,
        *,
        telemetry: Telemetry,
        slow: SlowOperations,
    ) -> None:
        self._slow = slow
        self._telemetry = telemetry
        self._socket = socket
        self._executor = executor
        self._context = context
        self._limits = limits
        self._headers = socket.headers
        self._trace = socket.headers.get(_TRACEPARENT)
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
            await self._close(closing)
        finally:
            await _ended(serving, *self._running.values())
            self._failed.cancel()

    async def _serve(self) -> None:
        try:
            async with asyncio.timeout(self._limits.init_timeout):
                await self._initialise()
        except TimeoutError:
            raise Closing(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout") from None
        while True:
            message = await self._receive()
            match message.type:
                case "connection_init":
                    raise Closing(CloseCode.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
                case "ping":
                    await self._send("pong", payload=message.payload)
                case "subscribe":
                    await self._subscribe(message.id or "", message.payload or {})
                case "complete" if (task := self._running.pop(message.id or "", None)) is not None:
                    task.cancel()

    async def _initialise(self) -> None:
        while True:
            message = await self._receive()
            match message.type:
                case "ping":
                    await self._send("pong", payload=message.payload)
                case "subscribe":
                    raise Closing(CloseCode.UNAUTHORIZED, "Unauthorized: send connection_init first")
                case "connection_init":
                    self._headers = _with_credentials(self._headers, message.payload or {})
                    try:
                        await self._context(self._headers, Progress())
                    except Unauthenticated as error:
                        raise Closing(CloseCode.UNAUTHORIZED, f"Unauthorized: {error}") from error
                    await self._send("connection_ack")
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
            refused = describe(GraphQLError(message), "TOO_MANY_OPERATIONS")
            self._measure_refused(refused)
            await self._send("error", id, [refused])
            return
        self._running[id] = asyncio.create_task(self._operate(id, request))

    def _measure_refused(self, error: GraphQLFormattedError) -> None:
        observation = Observation()
        note_errors(observation, [error])
        self._telemetry.measure(None, 0, observation)

    async def _operate(self, id: str, request: GraphQLRequest) -> None:
        """Answer one operation; whatever goes wrong in it is told to the client, and ends the connection at worst."""
        try:
            await self._answer(id, request)
        except (Closing, WebSocketDisconnect) as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, operators get a record and the client an answer
            _log.error("graphql.request_failed", request_id=request.request_id, exc_info=error)
            failed = GraphQLError("Internal server error")
            code = ErrorCode.INTERNAL_SERVER_ERROR
            await self._send("error", id, [describe(failed, code, requestId=request.request_id)])
        finally:
            # Its id may belong to another operation by now.
            if self._running.get(id) is asyncio.current_task():
                del self._running[id]

    async def _answer(self, id: str, request: GraphQLRequest) -> None:
        observation = Observation(self._telemetry.beginning(self._trace), resolved=self._telemetry.resolved())
        kind, answered, started = None, None, time.perf_counter()
        with observing(observation):
            try:
                with operation_span(observation) as observation.operation:
                    try:
                        prepared = await self._executor.prepare(request, streaming=True)
                    except RequestRefused as refusal:
                        note_errors(observation, refusal.errors)
                        await self._end(id, "error", refusal.errors)
                        return
                    kind = prepared.operation.operation
                    if kind is not OperationType.SUBSCRIPTION:
                        await self._respond(id, prepared)
                        answered = prepared
                if kind is OperationType.SUBSCRIPTION:
                    # What it tells of hangs under the changes behind that.
                    observation.tracer, observation.following = None, self._telemetry.following
                    await self._respond(id, prepared)
            finally:
                seconds = time.perf_counter() - started
                self._telemetry.measure(kind.value if kind is not None else None, seconds, observation)
        if answered is not None:
            await self._slow.tell(
                seconds,
                observation,
                operation=answered.name,
                hash=answered.document.facts.hash,
                request_id=request.request_id,
            )

    async def _respond(self, id: str, prepared: PreparedOperation) -> None:
        context = await self._context(self._headers, Progress())
        async with aclosing(self._executor.stream(prepared, context)) as responses:
            async for response in responses:
                if not response.executed:
                    await self._end(id, "error", response.errors)
                    _log_operation(prepared, errors=len(response.errors))
                    _close_if_behind(response)
                    return
                await self._send("next", id, response.payload())
        _log_operation(prepared)
        await self._end(id, "complete")

    async def _end(self, id: str, kind: str, payload: object = None) -> None:
        """Send the last message of an operation; from then on its id is free."""
        if self._running.get(id) is asyncio.current_task():
            del self._running[id]
        await self._send(kind, id, payload)

    async def _receive(self) -> Received:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1000)
        text = message.get("text")
        if text is not None and len(text) > self._limits.message_size:
            raise Closing(CloseCode.TOO_BIG, f"A message may have {self._limits.message_size} bytes")
        return read(text)

    async def _send(self, kind: str, id: str | None = None, payload: object = None) -> None:
        try:
            async with asyncio.timeout(self._limits.send_timeout):
                await self._socket.send_text(write(kind, id, payload))
        except TimeoutError:
            raise Closing(CloseCode.TRY_AGAIN, "The client does not read what it is sent") from None
        except RuntimeError as error:  # Starlette's, once the connection is closed
            raise WebSocketDisconnect(1006) from error

    def _fail(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    async def _close(self, closing: Closing) -> None:
        try:
            async with asyncio.timeout(self._limits.send_timeout):
                await self._socket.close(closing.code, closing.reason)
        except (TimeoutError, RuntimeError):
            pass


def _close_if_behind(response: GraphQLResponse) -> None:
    """End the connection of a client that does not keep up. Raises Closing."""
    if any((error.get("extensions") or {}).get("code") == FellBehind.code for error in response.errors):
        raise Closing(CloseCode.TRY_AGAIN, "Fell behind: connect again and go on after the last event received")


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


def _log_operation(prepared: PreparedOperation, errors: int = 0) -> None:
    _log.info(
        "graphql.operation",
        operation=prepared.name,
        type=prepared.operation.operation.value,
        cost=prepared.cost,
        transport="websocket",
        errors=errors,
        request_id=prepared.request.request_id,
    )


async def _ended(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
