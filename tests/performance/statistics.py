"""From many runs to one figure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from statistics import median
from typing import NamedTuple

from tests.performance.measuring import Run

Figure = Callable[[Run], float]
RESAMPLED = 1_000
DOUBT = 0.05


class Estimate(NamedTuple):
    """A median, and between what it lies in all likelihood."""

    median: float
    least: float
    most: float


def names(values: Iterable[str]) -> list[str]:
    """Return each value once, in the order in which they came."""
    return list(dict.fromkeys(values))


def of(runs: Iterable[Run], connections: int) -> list[Run]:
    """Return the runs over a number of connections."""
    return [run for run in runs if run.connections == connections]


def medians(runs: Iterable[Run], figure: Figure) -> dict[tuple[str, str], float]:
    """Return the median over the rounds for each server and query; a run in which nothing was answered says nothing."""
    grouped: dict[tuple[str, str], list[float]] = {}
    for run in runs:
        if not run.rate:
            continue
        grouped.setdefault((run.system, run.query), []).append(figure(run))
    return {key: median(values) for key, values in grouped.items()}


def ratios(runs: Sequence[Run], system: str, reference: str) -> dict[str, float]:
    """Return for each query how many times as fast a server is as another: the median of the ratios in each round."""
    mine, theirs = _rates(runs, system), _rates(runs, reference)
    found: dict[str, list[float]] = {}
    for (query, number), rate in mine.items():
        if other := theirs.get((query, number)):
            found.setdefault(query, []).append(rate / other)
    return {query: median(values) for query, values in found.items()}


def estimate(values: Sequence[float]) -> Estimate:
    """Give the median, and where it lies in 95 of 100 cases, by drawing as many values again and again (bootstrap)."""
    draw = Random(0)  # what is shown of the same values is the same
    drawn = sorted(median(draw.choices(values, k=len(values))) for _ in range(RESAMPLED))
    outside = round(RESAMPLED * DOUBT / 2)
    return Estimate(median(values), drawn[outside], drawn[-1 - outside])


def spread(values: Sequence[float]) -> float:
    """Return how far apart values are, as a share of their median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def _rates(runs: Iterable[Run], system: str) -> Mapping[tuple[str, int], float]:
    return {(run.query, run.round): run.rate for run in runs if run.system == system}
