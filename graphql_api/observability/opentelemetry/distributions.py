"""Histograms that cost next to nothing.

The SDK's take ten microseconds for each number and reader, which for a short request is a tenth of all. These add up
where the number comes up, and become the SDK's when somebody reads them.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from threading import Lock
from typing import Final

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics import export as sdk

from graphql_api.observability.metrics import Metric
from graphql_api.observability.opentelemetry.correlation import Seen

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""In seconds."""
MOST_SERIES: Final = 1_000
OTHERS: Final = "others"
"""What stands for the attributes of all that is beyond so many series."""
ADDED_TOGETHER: Final = 256
"""How many numbers of a series wait to be added up."""


class Series(list[float]):
    """The numbers with the same attributes, by their sizes; of each size the last trace that was recorded.

    As a list it has those that are not added up yet: to append one more is all that a number costs when it comes up.
    """

    __slots__ = ("_adding", "counts", "exemplars", "largest", "smallest", "total")

    def __init__(self) -> None:
        super().__init__()
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0
        self.smallest = float("inf")
        self.largest = 0.0
        self.exemplars: dict[int, tuple[float, Seen]] = {}
        self._adding = Lock()

    def append_seen(self, number: float, seen: Seen) -> None:
        """Take a number down, with the span that it belongs to."""
        self.append(number)
        self.exemplars[bisect_left(BOUNDS, number)] = number, seen

    def add_up(self) -> None:
        """Count what is new, whoever comes first: those who read are threads of their own."""
        with self._adding:
            numbers = self[:]
            # Others may have come meanwhile.
            del self[: len(numbers)]
            if not numbers:
                return
            numbers.sort()
            self.total += sum(numbers)
            self.smallest = min(self.smallest, numbers[0])
            self.largest = max(self.largest, numbers[-1])
            ends = [*(bisect_right(numbers, bound) for bound in BOUNDS), len(numbers)]
            for place, (begin, end) in enumerate(pairwise([0, *ends])):
                self.counts[place] += end - begin


class AllSeries(dict[tuple[str, ...], Series]):
    """The series of a metric by the values of its attributes, made when they are first asked for; so many at most."""

    def __missing__(self, attributes: tuple[str, ...]) -> Series:
        if len(self) >= MOST_SERIES:
            attributes = (OTHERS,) * len(attributes)
        return self.setdefault(attributes, Series())


class Distribution:
    """The numbers of a metric, by the values of its attributes. One thread writes, and any may read."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.series = AllSeries()
        if not metric.attributes:
            # It is there from the start, so that a rate is known of the first number too.
            self.series[()] = Series()
        self._began = time.time_ns()

    def record(self, number: float, attributes: tuple[str, ...] = ()) -> None:
        """Take a number down, for somebody who does not see to it that they are added up."""
        series = self.series[attributes]
        series.append(number)
        if len(series) >= ADDED_TOGETHER:
            series.add_up()

    def add_up(self) -> None:
        """Count what is new."""
        for series in list(self.series.values()):
            series.add_up()

    def read(self) -> sdk.Metric:
        """Give all numbers so far, as the SDK has them."""
        now = time.time_ns()
        points = [self._point(values, series, now) for values, series in list(self.series.items())]
        data = sdk.Histogram(points, sdk.AggregationTemporality.CUMULATIVE)
        return sdk.Metric(self.metric.name, self.metric.meaning, self.metric.unit, data)

    def _point(self, values: Sequence[str], series: Series, now: int) -> sdk.HistogramDataPoint:
        series.add_up()
        counts = tuple(series.counts)
        return sdk.HistogramDataPoint(
            attributes=dict(zip(self.metric.attributes, values, strict=True)),
            start_time_unix_nano=self._began,
            time_unix_nano=now,
            count=sum(counts),
            sum=series.total,
            bucket_counts=counts,
            explicit_bounds=BOUNDS,
            min=min(series.smallest, series.largest),
            max=series.largest,
            exemplars=[
                Exemplar({}, number, moment, int.from_bytes(span_id), int.from_bytes(trace_id))
                for number, (moment, (trace_id, span_id)) in list(series.exemplars.values())
            ],
        )
