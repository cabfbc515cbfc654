"""What operators are told of each request: its line in the log, its measurements, and more where it was slow."""

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

from graphql_api.execution.prepared import PreparedOperation
from graphql_api.observability.handled import Handled
from graphql_api.observability.observation import Observation
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import Telemetry
from graphql_api.observability.writing import info_writer

Transport = Literal["http", "websocket"]

# Operators may look for the lines of operations by this name.
LOGGER: Final = "graphql_api.http.endpoint"
_UNKNOWN: Final = dict.fromkeys(("operation", "type", "hash"))


class Asked(Protocol):
    """A request that was answered."""

    operation: PreparedOperation | None
    observation: Observation
    cost: int | None
    """What it would have cost, where that was too much."""

    @property
    def request_id(self) -> str | None:
        """What the request is called."""
        ...


class Sent(Protocol):
    """An answer, once it was sent."""

    error_count: int

    @property
    def status(self) -> int | None:
        """The status of HTTP, where there is one."""
        ...

    @property
    def size(self) -> int:
        """The bytes of the body, or of all messages."""
        ...


class AccessLog:
    """Tells of requests that were answered."""

    def __init__(self, telemetry: Telemetry, slow: SlowOperations, transport: Transport = "http") -> None:
        self.slow_seconds = slow.seconds
        self._telemetry = telemetry
        self._slow = slow
        self._transport = transport
        self._write = info_writer(LOGGER)

    def take(self, asked: Asked, seconds: float, answer: Sent) -> None:
        """Measure a request, and write its line."""
        operation, observation = asked.operation, asked.observation
        told = operation.operation.told if operation else _UNKNOWN
        self._telemetry.measure(told["type"], seconds, observation)
        record = {
            **told,
            "cost": operation.cost if operation else asked.cost,
            "statements": observation.statements,
            "rows": observation.rows,
            "database_ms": round(observation.seconds * 1_000, 2),
            "transport": self._transport,
            "status": answer.status,
            "duration_ms": round(seconds * 1_000, 2),
            "response_bytes": answer.size,
            "errors": answer.error_count,
            "request_id": asked.request_id,
            "event": "graphql.operation",
        }
        if observation.commands:
            self._add(observation.commands, record)
        self._write(record)

    def _add(self, commands: Sequence[Handled], record: dict[str, Any]) -> None:
        """Tell of what an operation carried out in its line; of several commands each has a line of its own."""
        if len(commands) > 1:
            for one in commands:
                self._write({**one.record(), "request_id": record["request_id"]})
            return
        (only,) = commands
        record.update(command=only.command, outcome=only.outcome, command_ms=only.milliseconds)

    async def tell_slow(self, asked: Asked, seconds: float) -> None:
        """Say what a slow operation asked of the database."""
        operation = asked.operation
        await self._slow.tell(
            seconds,
            asked.observation,
            operation=operation.operation.name if operation else None,
            hash=operation.document.facts.hash if operation else None,
            request_id=asked.request_id,
        )
