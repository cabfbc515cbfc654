"""What is measured: operations, their statements and errors, and how the process is doing."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.metrics import Histogram, Meter, Observation

from graphql_api.observability.observation import Observation as Observed

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNKNOWN: Final = "unknown"


class Measurements:
    """The instruments of one process."""

    def __init__(self, meter: Meter) -> None:
        self._operations = _durations(meter, "graphql.server.operation.duration", "Time from a request to its answer.")
        self._statements = _durations(meter, "db.client.operation.duration", "Time that statements took, with waiting.")
        self._rows = meter.create_counter("graphql.server.rows", "{row}", "Rows that were read or changed.")
        self._errors = meter.create_counter("graphql.server.errors", "{error}", "Errors in answers, by their codes.")
        self._changes = meter.create_counter("graphql.server.health.changes", "{change}", "Changes of readiness.")
        self._ready: bool | None = None
        meter.create_observable_gauge(
            "graphql.server.ready", [lambda _: self._readiness()], "1", "Whether the last check found the server ready."
        )

    def operation(self, kind: str | None, seconds: float, observed: Observed) -> None:
        """Take down an operation that was answered."""
        outcome = "error" if observed.errors else "success"
        self._operations.record(seconds, {"graphql.operation.type": kind or _UNKNOWN, "outcome": outcome})
        for statement in observed.told:
            self._statements.record(statement.seconds)
        if observed.rows:
            self._rows.add(observed.rows)
        for code in observed.errors:
            self._errors.add(1, {"error.type": code})

    def health(self, *, ready: bool) -> None:
        """Take down that the server became ready, or is no longer."""
        self._ready = ready
        self._changes.add(1, {"ready": ready})

    def _readiness(self) -> Sequence[Observation]:
        return [] if self._ready is None else [Observation(int(self._ready))]


def _durations(meter: Meter, name: str, text: str) -> Histogram:
    return meter.create_histogram(name, "s", text, explicit_bucket_boundaries_advisory=SECONDS)
