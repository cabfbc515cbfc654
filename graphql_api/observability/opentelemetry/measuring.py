"""What is measured: operations, their statements and errors, and how the process is doing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from threading import Lock
from typing import Any, Final, TypeAlias, TypeVar

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

T = TypeVar("T")

_Answered: TypeAlias = tuple[tuple[str, str], float, Observed]
"""An operation: its kind and its outcome, how long it took, and what was observed of it."""
_Noted: TypeAlias = Callable[[Observed], Iterable[Any] | None]

_about, _seconds, _observed = map(itemgetter, range(3))
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
        self._recorded: list[tuple[_Answered, Seen]] = []
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
        self._noted: Sequence[tuple[Tally, _Noted]] = (
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
        answered = (kind or _UNKNOWN, "error" if observed.errors else "success"), seconds, observed
        if observed.tracer is not None and (seen := seen_in(observed.operation)) is not None:
            self._recorded.append((answered, seen))
        unsettled = self._unsettled
        unsettled.append(answered)
        if len(unsettled) >= SETTLED_TOGETHER:
            self._settle()

    def _settle(self) -> None:
        """Look through what was taken down, whoever comes first: those who read are threads of their own."""
        with self._settling:
            self._add(_taken(self._unsettled))
            for answered, seen in _taken(self._recorded):
                self._show(*answered, seen)
            self._settled += 1
            if self._settled % ADDED_UP == 0:
                for distribution in self.distributions:
                    distribution.add_up()

    def _add(self, answered: Sequence[_Answered]) -> None:
        """Add what is about the same together, so that next to nothing is done for each."""
        observed = [*map(_observed, answered)]
        for attributes, alike in _grouped(answered):
            if attributes[0] != SUBSCRIPTION:
                self._operations.add(attributes, map(_seconds, alike))
        for text, statements in _grouped(_all(_told, observed)):
            self._statements.add(subject(text), map(_seconds, statements))
        for field, resolved in _grouped(_all(_resolved, observed)):
            self._resolvers.add(field, map(_seconds, resolved))
        self._waits.add((), _all(_waits, observed))
        for tally, noted in self._noted:
            for what, times in Counter(_all(noted, observed)).items():
                tally.add(times, what)
        if rows := sum(map(_rows, observed)):
            self._rows.add(rows)

    def _show(self, attributes: tuple[str, str], seconds: float, observed: Observed, seen: Seen) -> None:
        """Show the span of an operation beside its numbers."""
        if attributes[0] != SUBSCRIPTION:
            self._operations.series[attributes].show(seconds, seen)
        for statement in observed.told:
            self._statements.series[subject(statement.text)].show(statement.seconds, seen)
        for field, took in observed.resolved or ():
            self._resolvers.series[field].show(took, seen)
        for wait in observed.waits:
            self._waits.series[()].show(wait, seen)

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


def _taken(several: list[T]) -> list[T]:
    """Take all that there is out of a list, to which another thread may add meanwhile."""
    taken = several[:]
    del several[: len(taken)]
    return taken


def _all(noted: _Noted, observed: Iterable[Observed]) -> Iterator[Any]:
    """Give all that was noted of several operations."""
    return chain.from_iterable(filter(None, map(noted, observed)))


def _grouped(several: Iterable[Any]) -> Iterator[tuple[Any, Iterator[Any]]]:
    """Give together what is about the same."""
    return groupby(sorted(several, key=_about), _about)
