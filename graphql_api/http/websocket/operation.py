"""One operation over a connection: prepared, carried out, observed and told."""

import time
from collections.abc import Callable
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
from graphql_api.http.authentication import Unauthenticated
from graphql_api.http.event_stream import StreamContext
from graphql_api.http.websocket.channel import Channel
from graphql_api.http.websocket.messages import CloseCode, Closing
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import Telemetry

_TRACEPARENT: Final = "traceparent"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """What carries out the operations of all connections, and whom they are told to."""

    executor: Executor
    context: StreamContext
    telemetry: Telemetry
    slow: SlowOperations


class Operation:
    """One operation; `ended` is called before its last message, since from then on its id is free."""

    def __init__(self, service: Service, channel: Channel, id: str, ended: Callable[[], None]) -> None:
        self._service = service
        self._channel = channel
        self._id = id
        self._ended = ended

    async def run(self, request: GraphQLRequest, headers: Headers) -> None:
        """Answer a request; what is wrong with it is told to the client.

        Raises Closing where the connection is to end, and WebSocketDisconnect where it has.
        """
        try:
            await self._answer(request, headers)
        except (Closing, WebSocketDisconnect):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, operators get a record and the client an answer
            _log.error("graphql.request_failed", request_id=request.request_id, exc_info=error)
            failed = GraphQLError("Internal server error")
            code = ErrorCode.INTERNAL_SERVER_ERROR
            await self._channel.send("error", self._id, [describe(failed, code, requestId=request.request_id)])

    async def _answer(self, request: GraphQLRequest, headers: Headers) -> None:
        service, trace = self._service, self._channel.headers.get(_TRACEPARENT)
        observation = Observation(service.telemetry.beginning(trace), resolved=service.telemetry.resolved())
        kind, answered, started = None, None, time.perf_counter()
        with observing(observation):
            try:
                with operation_span(observation) as observation.operation:
                    try:
                        prepared = await service.executor.prepare(request, streaming=True)
                    except RequestRefused as refusal:
                        note_errors(observation, refusal.errors)
                        await self._end("error", refusal.errors)
                        return
                    kind = prepared.operation.kind
                    if kind is not OperationType.SUBSCRIPTION:
                        await self._respond(prepared, headers)
                        answered = prepared
                if kind is OperationType.SUBSCRIPTION:
                    # What it tells of hangs under the changes behind that.
                    observation.tracer, observation.following = None, service.telemetry.following
                    await self._respond(prepared, headers)
            finally:
                seconds = time.perf_counter() - started
                service.telemetry.measure(kind.value if kind is not None else None, seconds, observation)
        if answered is not None:
            await service.slow.tell(
                seconds,
                observation,
                operation=answered.operation.name,
                hash=answered.document.facts.hash,
                request_id=request.request_id,
            )

    async def _respond(self, prepared: PreparedOperation, headers: Headers) -> None:
        try:
            context = await self._service.context(headers, Progress())
        except Unauthenticated as error:
            raise Closing(CloseCode.FORBIDDEN, f"Forbidden: {error}") from error
        async with aclosing(self._service.executor.stream(prepared, context)) as responses:
            async for response in responses:
                if not response.executed:
                    if _is_because(response, NoLongerKnown.code):
                        # Without an error before it, which would end what clients take up again with a new key.
                        raise Closing(CloseCode.FORBIDDEN, "Forbidden: connect again with a key that is good")
                    await self._end("error", response.errors)
                    _log_operation(prepared, errors=len(response.errors))
                    if _is_because(response, FellBehind.code):
                        reason = "Fell behind: connect again and go on after the last event received"
                        raise Closing(CloseCode.TRY_AGAIN, reason)
                    return
                await self._channel.send("next", self._id, response.payload())
        _log_operation(prepared)
        await self._end("complete")

    async def _end(self, kind: str, payload: object = None) -> None:
        self._ended()
        await self._channel.send(kind, self._id, payload)


def _is_because(response: GraphQLResponse, code: str) -> bool:
    return any((error.get("extensions") or {}).get("code") == code for error in response.errors)


def _log_operation(prepared: PreparedOperation, errors: int = 0) -> None:
    _log.info(
        "graphql.operation",
        operation=prepared.operation.name,
        type=prepared.operation.kind.value,
        cost=prepared.cost,
        transport="websocket",
        errors=errors,
        request_id=prepared.request.request_id,
    )
