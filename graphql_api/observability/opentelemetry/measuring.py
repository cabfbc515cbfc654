"""What is measured: operations, their statements and errors, and how the process is doing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from graphql_api.observability import metrics
from graphql_api.observability.metrics import Kind, Metric, Read, Reading
from graphql_api.observability.observation import Observation as Observed
from graphql_api.observability.opentelemetry.correlation import seen_in
from graphql_api.observability.opentelemetry.distributions import ADDED_TOGETHER, Distribution, Series
from graphql_api.observability.statements import subject
from graphql_api.observability.tracer import Span

SUBSCRIPTION: Final = "subscription"
ADDED_UP: Final = 256
"""After how many operations their numbers are added up."""
_UNKNOWN: Final = "unknown"
_MOST_TEXTS: Final = 4_096
Take: TypeAlias = Callable[[Series, float], object]


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
    """The instruments of one process. Numbers are kept as they come, and added up later or when somebody reads."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._measured = 0
        self._operations = Distribution(metrics.OPERATION_DURATION)
        self._statements = Distribution(metrics.STATEMENT_DURATION)
        self._resolvers = Distribution(metrics.RESOLVER_DURATION)
        # One look-up finds for a text of a statement what it is about, and where that is added up.
        self._about = lru_cache(_MOST_TEXTS)(self._series_of)
        self._waits = Distribution(metrics.CONNECTION_WAIT)
        self.lag = Distribution(metrics.EVENT_LOOP_LAG)
        self.distributions: Sequence[Distribution] = (
            self._operations,
            self._resolvers,
            self._statements,
            self._waits,
            self.lag,
        )
        self._rows = 0
        self.watch(metrics.ROWS, lambda: [(self._rows, ())])
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
        seen = None if observed.tracer is None else seen_in(observed.operation)
        # What is not recorded is appended with nothing between: this is done for every request.
        take: Take = list.append if seen is None else (lambda series, number: series.append_seen(number, seen))
        if kind != SUBSCRIPTION:
            take(self._operations.series[kind or _UNKNOWN, "error" if observed.errors else "success"], seconds)
        for text, taken, _, _ in observed.told:
            take(self._about(text), taken)
        self._rows += observed.rows
        if observed.waits or observed.errors or observed.limits or observed.unplanned:
            self._unusual(observed, take)
        self._measured += 1
        if not self._measured % ADDED_UP:
            for distribution in self.distributions:
                distribution.add_up()

    def resolver(self, field: tuple[str, str], seconds: float, operation: Span | None) -> None:
        """Take down a resolver of a type's field, that was awaited."""
        series = self._resolvers.series[field]
        seen = None if operation is None else seen_in(operation)
        if seen is None:
            series.append(seconds)
        else:
            series.append_seen(seconds, seen)
        if len(series) >= ADDED_TOGETHER:
            series.add_up()

    def _unusual(self, observed: Observed, take: Take) -> None:
        for seconds in observed.waits:
            take(self._waits.series[()], seconds)
        for tally, noted in (
            (self._errors, observed.errors),
            (self._limits, observed.limits),
            (self._unplanned, observed.unplanned),
        ):
            for what in noted:
                tally.add(1, what)

    def _series_of(self, text: str) -> Series:
        return self._statements.series[subject(text)]

    def health(self, status: str, *, ready: bool) -> None:
        """Take down what the server became, and whether it takes requests so."""
        self._ready = ready
        self._changes.add(1, status)

    def _tally(self, metric: Metric) -> Tally:
        tally = Tally()
        self.watch(metric, tally.read)
        return tally

    def _readiness(self) -> Iterable[Reading]:
        return () if self._ready is None else [(int(self._ready), ())]
