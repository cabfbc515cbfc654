"""What is measured: operations, their statements and errors, and how the process is doing."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from threading import Lock
from time import time_ns
from typing import Final

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from graphql_api.observability import metrics
from graphql_api.observability.metrics import Kind, Metric, Read, Reading
from graphql_api.observability.observation import Observation as Observed
from graphql_api.observability.opentelemetry.distributions import Distribution, Seen
from graphql_api.observability.opentelemetry.recorded import recorded_in
from graphql_api.observability.statements import subject

SUBSCRIPTION: Final = "subscription"
SETTLED_TOGETHER: Final = 32
"""How many operations are added up together."""
_UNKNOWN: Final = "unknown"


class Tally:
    """Counts by the values of attributes."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], int] = defaultdict(int)

    def add(self, number: int, *values: str) -> None:
        """Count so many more."""
        self._counts[values] += number

    def read(self) -> Iterable[Reading]:
        """Give what was counted so far."""
        return [(number, values) for values, number in list(self._counts.items())]


class Measurements:
    """The instruments of one process. Whoever measures adds up; everything else is done when somebody reads."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._unsettled: deque[tuple[str | None, float, Observed, Seen | None]] = deque()
        self._settling = Lock()
        self._operations = Distribution(metrics.OPERATION_DURATION, self._settle)
        self._statements = Distribution(metrics.STATEMENT_DURATION, self._settle)
        self._resolvers = Distribution(metrics.RESOLVER_DURATION, self._settle)
        self._waits = Distribution(metrics.CONNECTION_WAIT, self._settle)
        self.lag = Distribution(metrics.EVENT_LOOP_LAG)
        self.distributions: Sequence[Distribution] = (
            self._operations,
            self._resolvers,
            self._statements,
            self._waits,
            self.lag,
        )
        self._rows = self._tally(metrics.ROWS)
        self._errors = self._tally(metrics.ERRORS)
        self._limits = self._tally(metrics.LIMITS)
        self._unplanned = self._tally(metrics.UNPLANNED)
        self._changes = self._tally(metrics.HEALTH_CHANGES)
        self._ready: bool | None = None
        self.watch(metrics.READY, self._readiness)

    def watch(self, metric: Metric, read: Read) -> None:
        """Ask for the numbers of a metric whenever somebody wants to know them."""

        def observed(_options: CallbackOptions) -> Iterable[Observation]:
            return [Observation(number, dict(zip(metric.attributes, values, strict=True))) for number, values in read()]

        counts = metric.kind is Kind.COUNTER
        create = self._meter.create_observable_counter if counts else self._meter.create_observable_gauge
        create(metric.name, [observed], metric.unit, metric.meaning)

    def operation(self, kind: str | None, seconds: float, observed: Observed) -> None:
        """Take down an operation that was answered."""
        recorded = None if observed.tracer is None else recorded_in(observed.operation)
        seen = None if recorded is None else (time_ns(), recorded)
        self._unsettled.append((kind, seconds, observed, seen))
        if len(self._unsettled) >= SETTLED_TOGETHER:
            self._settle()

    def _settle(self) -> None:
        """Add up what was taken down, whoever comes first: those who read are threads of their own."""
        with self._settling, suppress(IndexError):
            while True:
                self._add(*self._unsettled.popleft())

    def _add(self, kind: str | None, seconds: float, observed: Observed, seen: Seen | None) -> None:
        if kind != SUBSCRIPTION:
            outcome = "error" if observed.errors else "success"
            self._operations.record(seconds, (kind or _UNKNOWN, outcome), seen)
        for statement in observed.told:
            self._statements.record(statement.seconds, subject(statement.text), seen)
        for field, took in observed.resolved or ():
            self._resolvers.record(took, field, seen)
        for wait in observed.waits:
            self._waits.record(wait, (), seen)
        if observed.rows:
            self._rows.add(observed.rows)
        for code in observed.errors:
            self._errors.add(1, code)
        for limit in observed.limits:
            self._limits.add(1, limit)
        for reason in observed.unplanned:
            self._unplanned.add(1, reason)

    def health(self, status: str, *, ready: bool) -> None:
        """Take down what the server became, and whether it takes requests so."""
        self._ready = ready
        self._changes.add(1, status)

    def _tally(self, metric: Metric) -> Tally:
        tally = Tally()

        def read() -> Iterable[Reading]:
            self._settle()
            return tally.read()

        self.watch(metric, read)
        return tally

    def _readiness(self) -> Iterable[Reading]:
        return () if self._ready is None else [(int(self._ready), ())]
