"""What is measured: operations, their statements and errors, and how the process is doing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, repeat
from operator import attrgetter, itemgetter
from threading import Lock
from typing import Any, Final, TypeAlias

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from graphql_api.observability import metrics
from graphql_api.observability.metrics import Kind, Metric, Read, Reading
from graphql_api.observability.observation import Observation as Observed
from graphql_api.observability.opentelemetry.distributions import Distribution
from graphql_api.observability.opentelemetry.recorded import Seen, seen_in
from graphql_api.observability.statements import subject

SUBSCRIPTION: Final = "subscription"
SETTLED_TOGETHER: Final = 32
"""How many operations are looked through together."""
ADDED_UP: Final = 8
"""How often that is done before their numbers are added up."""
_UNKNOWN: Final = "unknown"

_Answered: TypeAlias = tuple[tuple[str, str], float, Observed, Seen | None]
"""An operation: its kind and its outcome, how long it took, what was observed of it, and its span if it is recorded."""

_first, _second, _observed, _seen = map(itemgetter, range(4))
_told, _resolved, _waits, _errors, _limits, _unplanned, _rows = map(
    attrgetter, ("told", "resolved", "waits", "errors", "limits", "unplanned", "rows")
)


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
        self._unsettled: list[_Answered] = []
        self._settling = Lock()
        self._settled = 0
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
        self._noted: Sequence[tuple[Tally, Callable[[Observed], Iterable[str]]]] = (
            (self._tally(metrics.ERRORS), _errors),
            (self._tally(metrics.LIMITS), _limits),
            (self._tally(metrics.UNPLANNED), _unplanned),
        )
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
        unsettled = self._unsettled
        unsettled.append(((kind or _UNKNOWN, "error" if observed.errors else "success"), seconds, observed, seen))
        if len(unsettled) >= SETTLED_TOGETHER:
            self._settle()

    def _settle(self) -> None:
        """Look through what was taken down, whoever comes first: those who read are threads of their own."""
        with self._settling:
            answered = self._unsettled[:]
            # Others may have come meanwhile.
            del self._unsettled[: len(answered)]
            self._add(answered)
            self._settled += 1
            if self._settled % ADDED_UP == 0:
                for distribution in self.distributions:
                    distribution.add_up()

    def _add(self, answered: Sequence[_Answered]) -> None:
        """Add what is about the same together, in C, so that next to nothing is done for each."""
        observed, seen = [*map(_observed, answered)], [*map(_seen, answered)]
        for attributes, numbers, spans in _alike(zip(answered), seen):
            if attributes[0] != SUBSCRIPTION:
                self._operations.add(attributes, numbers, spans)
        for text, numbers, spans in _alike(map(_told, observed), seen):
            self._statements.add(subject(text), numbers, spans)
        for field, numbers, spans in _alike(map(_resolved, observed), seen):
            self._resolvers.add(field, numbers, spans)
        for waits, span in filter(_first, zip(map(_waits, observed), seen, strict=True)):
            self._waits.add((), waits, [span] * len(waits))
        for tally, noted in self._noted:
            for what, times in Counter(chain.from_iterable(map(noted, observed))).items():
                tally.add(times, what)
        if rows := sum(map(_rows, observed)):
            self._rows.add(rows)

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


def _alike(
    told: Iterable[Sequence[Any] | None], seen: Sequence[Seen | None]
) -> Iterator[tuple[Any, Sequence[float], Sequence[Seen | None]]]:
    """Give together the numbers about the same, of what was told of several operations, with the spans of these.

    What is told begins with what it is about, and the number.
    """
    pairs = [*filter(_first, zip(told, seen, strict=True))]
    lists = [*map(_first, pairs)]
    spans = chain.from_iterable(map(repeat, map(_second, pairs), map(len, lists)))
    each = [*chain.from_iterable(lists)]
    several = sorted(zip(map(_first, each), map(_second, each), spans, strict=True), key=_first)
    for about, alike in groupby(several, _first):
        _, numbers, its_spans = zip(*alike, strict=True)
        yield about, numbers, its_spans
