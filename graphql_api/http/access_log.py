"""What operators are told of each request: its line in the log, its measurements, and more where it was slow."""

from typing import Final, Protocol

from graphql_api.http.exchange import Exchange
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import Telemetry
from graphql_api.observability.writing import info_writer

# Operators may look for the lines of the endpoint by this name.
_LOGGER: Final = "graphql_api.http.endpoint"
_UNKNOWN: Final = dict.fromkeys(("operation", "type", "hash"))


class Sent(Protocol):
    """An answer, once it was sent."""

    status: int
    error_count: int

    @property
    def size(self) -> int:
        """The bytes of the body."""
        ...


class AccessLog:
    """Tells of requests that were answered."""

    def __init__(self, telemetry: Telemetry, slow: SlowOperations) -> None:
        self.slow_seconds = slow.seconds
        self._telemetry = telemetry
        self._slow = slow
        self._write = info_writer(_LOGGER)

    def take(self, exchange: Exchange, seconds: float, answer: Sent) -> None:
        """Measure a request, and write its line."""
        operation, observation = exchange.operation, exchange.observation
        told = operation.operation.told if operation else _UNKNOWN
        self._telemetry.measure(told["type"], seconds, observation)
        self._write(
            {
                **told,
                "cost": operation.cost if operation else exchange.cost,
                "statements": observation.statements,
                "rows": observation.rows,
                "database_ms": round(observation.seconds * 1_000, 2),
                "status": answer.status,
                "duration_ms": round(seconds * 1_000, 2),
                "response_bytes": answer.size,
                "errors": answer.error_count,
                "request_id": exchange.request_id,
                "event": "graphql.operation",
            }
        )

    async def tell_slow(self, exchange: Exchange, seconds: float) -> None:
        """Say what a slow operation asked of the database."""
        operation = exchange.operation
        await self._slow.tell(
            seconds,
            exchange.observation,
            operation=operation.operation.name if operation else None,
            hash=operation.document.facts.hash if operation else None,
            request_id=exchange.request_id,
        )
