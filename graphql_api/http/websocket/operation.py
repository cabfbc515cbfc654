"""One operation over a connection: prepared, carried out, observed and told."""

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import structlog
from graphql import GraphQLError, OperationType
from starlette.datastructures import Headers
from starlette.websockets import WebSocketDisconnect

from domain.kernel.errors import NoLongerKnown
from domain.kernel.event_log import FellBehind
from graphql_api.context import Progress
from graphql_api.execution.errors import ErrorCode, RequestRefused, describe
from graphql_api.execution.executor import Executor
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.request import GraphQLRequest, GraphQLResponse
from graphql_api.execution.tracing import note_errors, operation_span
from graphql_api.http.access_log import AccessLog
from graphql_api.http.authentication import Unauthenticated
from graphql_api.http.event_stream import StreamContext
from graphql_api.http.websocket.channel import Channel
from graphql_api.http.websocket.messages import CloseCode, Closing
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.telemetry import Telemetry

_TRACEPARENT: Final = "traceparent"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """What carries out the operations of all connections, and whom they are told to."""

    executor: Executor
    context: StreamContext
    telemetry: Telemetry
    log: AccessLog


class Operation:
    """One operation, and what became of it; `ended` is called before its last message, since its id is free then."""

    operation: PreparedOperation | None = None
    cost: int | None = None
    """What it would have cost, where that was too much."""
    size: int = 0
    """The bytes that were sent."""
    error_count: int = 0
    status = None

    def __init__(
        self, service: Service, channel: Channel, id: str, request: GraphQLRequest, ended: Callable[[], None]
    ) -> None:
        self._service = service
        self._channel = channel
        self._id = id
        self._request = request
        self._ended = ended
        self._begun = time.perf_counter()
        self.request_id = request.request_id
        telemetry, trace = service.telemetry, channel.headers.get(_TRACEPARENT)
        self.observation = Observation(telemetry.beginning(trace), self.request_id, resolved=telemetry.resolved)
        self.observation.commands = []

    async def run(self, headers: Headers) -> None:
        """Answer it; what is wrong with it is told to the client.

        Raises Closing where the connection is to end, and WebSocketDisconnect where it has.
        """
        observation, telemetry = self.observation, self._service.telemetry
        with observing(observation):
            with operation_span(observation) as observation.operation:
                await self._carried_out(self._answer(headers))
            if self._is_subscription:
                # What it tells of hangs under the changes behind that.
                observation.tracer, observation.following = None, telemetry.following
                await self._carried_out(self._respond(headers))
        seconds = time.perf_counter() - self._begun
        if not self._is_subscription and seconds > self._service.log.slow_seconds:
            await self._service.log.tell_slow(self, seconds)

    async def refuse(self, refusal: RequestRefused) -> None:
        """Tell the client why it is not carried out."""
        try:
            await self._refused(refusal)
        finally:
            self._tell()

    @property
    def _is_subscription(self) -> bool:
        return self.operation is not None and self.operation.operation.kind is OperationType.SUBSCRIPTION

    async def _carried_out(self, work: Awaitable[bool]) -> None:
        """Tell the client what goes wrong in the work, and operators how the operation ended, once it has."""
        has_ended = True
        try:
            has_ended = await work
        except RequestRefused as refusal:
            await self._refused(refusal)
        except (Closing, WebSocketDisconnect):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, operators get a record and the client an answer
            _log.error("graphql.request_failed", request_id=self.request_id, exc_info=error)
            failed = describe(
                GraphQLError("Internal server error"), ErrorCode.INTERNAL_SERVER_ERROR, requestId=self.request_id
            )
            note_errors(self.observation, [failed])
            self.error_count += 1
            await self._end("error", [failed])
        finally:
            if has_ended:
                self._tell()

    async def _refused(self, refusal: RequestRefused) -> None:
        note_errors(self.observation, refusal.errors)
        self.cost = refusal.cost
        self.error_count += len(refusal.errors)
        await self._end("error", refusal.errors)

    def _tell(self) -> None:
        self._service.log.take(self, time.perf_counter() - self._begun, self)

    async def _answer(self, headers: Headers) -> bool:
        """Prepare it, and carry it out unless it is a subscription. Tells whether it has ended."""
        self.operation = await self._service.executor.prepare(self._request, streaming=True)
        return not self._is_subscription and await self._respond(headers)

    async def _respond(self, headers: Headers) -> bool:
        """Send what comes of it until nothing more does. Tells that it has ended."""
        assert self.operation is not None  # noqa: S101  # it was prepared
        try:
            context = await self._service.context(headers, Progress())
        except Unauthenticated as error:
            raise Closing(CloseCode.FORBIDDEN, f"Forbidden: {error}") from error
        async with aclosing(self._service.executor.stream(self.operation, context)) as responses:
            async for response in responses:
                self.error_count += len(response.errors)
                if not response.executed:
                    await self._give_up(response)
                    return True
                self.size += await self._channel.send("next", self._id, response.payload())
        await self._end("complete")
        return True

    async def _give_up(self, response: GraphQLResponse) -> None:
        if _is_because(response, NoLongerKnown.code):
            # Without an error before it, which would end what clients take up again with a new key.
            raise Closing(CloseCode.FORBIDDEN, "Forbidden: connect again with a key that is good")
        await self._end("error", response.errors)
        if _is_because(response, FellBehind.code):
            raise Closing(CloseCode.TRY_AGAIN, "Fell behind: connect again and go on after the last event received")

    async def _end(self, kind: str, payload: object = None) -> None:
        self._ended()
        self.size += await self._channel.send(kind, self._id, payload)


def _is_because(response: GraphQLResponse, code: str) -> bool:
    return any((error.get("extensions") or {}).get("code") == code for error in response.errors)
