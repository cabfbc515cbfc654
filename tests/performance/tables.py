"""Results as Markdown."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.performance.measuring import Run
from tests.performance.others import Other
from tests.performance.shapes import Shape
from tests.performance.starting import Start
from tests.performance.statistics import medians, names, of, ratios

Row = Sequence[str]

AIMS: Mapping[str, Mapping[str, float]] = {
    "mercurius_jit": {"Q1": 1.3, "Q2": 1.2, "Q3": 2, "Q4": 1.4, "Q5": 7, "Q6": 1.0},
    "postgraphile": {"Q1": 3.8, "Q2": 3, "Q3": 2.4, "Q4": 2.2, "Q5": 7, "Q6": 1.2},
    "strawberry": {"Q1": 18, "Q2": 15, "Q3": 28, "Q4": 6, "Q5": 80, "Q6": 6},
    "floor": {"Q1": 1.2, "Q2": 1.1, "Q3": 1.3, "Q4": 1.2, "Q5": 1.7, "Q6": 0.6},
}
"""How many times as fast as each of the others this server is to be."""

SQLITE_AIM = 15.0

TITLES = {
    "ours": "**graphql-api**",
    "mercurius_jit": "Mercurius JIT",
    "postgraphile": "PostGraphile",
    "yoga": "GraphQL Yoga",
    "strawberry": "plain Strawberry",
    "floor": "floor: hand-written SQL",
    "ours_sqlite": "**graphql-api** on SQLite",
    "strawberry_sqlite": "plain Strawberry on SQLite",
}


def table(head: Row, rows: Sequence[Row]) -> str:
    """Write a table whose first column holds text and whose others hold figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(value: float) -> str:
    """Write a figure with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def title(system: str) -> str:
    """Return what a server is called in a document."""
    return TITLES.get(system, system)


def figures(runs: Sequence[Run], figure: Callable[[Run], float]) -> str:
    """Write the medians: a row for each server, a column for each query."""
    found, queries = medians(runs, figure), sorted(names(run.query for run in runs))
    rows = [
        [title(system), *(number(found[system, query]) if (system, query) in found else "" for query in queries)]
        for system in names(run.system for run in runs)
    ]
    return table(["", *queries], rows)


def latencies(runs: Sequence[Run]) -> str:
    """Write the medians of half and of nearly all requests, in milliseconds."""
    half, most = medians(runs, lambda run: run.p50), medians(runs, lambda run: run.p99)
    queries = sorted(names(run.query for run in runs))
    rows = [
        [title(system), *(_pair(half, most, (system, query)) for query in queries)]
        for system in names(run.system for run in runs)
    ]
    return table(["p50 / p99, ms", *queries], rows)


def _pair(half: Mapping[tuple[str, str], float], most: Mapping[tuple[str, str], float], key: tuple[str, str]) -> str:
    return f"{number(half[key])} / {number(most[key])}" if key in half else ""


def comparison(runs: Sequence[Run]) -> str:
    """Write how many times as fast this server is as each of the others, and as it is to be."""
    queries = sorted(names(run.query for run in runs))
    rows = []
    for ours, system in _pairings(runs):
        found = ratios(runs, ours, system)
        rows.append([title(system), *(_against(found.get(query), _aim(system, query)) for query in queries)])
    return table(["times", *queries], rows)


def thrift(runs: Sequence[Run]) -> str:
    """Write how many times the processor time of this server each of the others takes; other load disturbs it less."""
    queries = sorted(names(run.query for run in runs))
    found = medians(runs, lambda run: run.server_us)
    rows = [
        [title(system), *(_multiple(found.get((system, query)), found.get((ours, query))) for query in queries)]
        for ours, system in _pairings(runs)
    ]
    return table(["times", *queries], rows)


def _multiple(theirs: float | None, mine: float | None) -> str:
    return number(theirs / mine) if theirs and mine else ""


def _pairings(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Yield each of the others after what it is compared with: this server, on the same kind of database."""
    there = names(run.system for run in runs)
    for system in there:
        ours = "ours_sqlite" if system.endswith("_sqlite") else "ours"
        if system != ours and ours in there:
            yield ours, system


def _aim(system: str, query: str) -> float | None:
    if system == "strawberry_sqlite":
        return SQLITE_AIM
    return AIMS.get(system, {}).get(query)


def _against(found: float | None, aim: float | None) -> str:
    if found is None:
        return ""
    return number(found) if aim is None else f"{number(found)} (aim {aim:g})"


def memory(runs: Sequence[Run]) -> str:
    """Write the most memory that each server held after a run."""
    peaks: dict[str, int] = {}
    for run in runs:
        peaks[run.system] = max(run.memory, peaks.get(run.system, 0))
    return table(["", "MB"], [[title(system), number(peak / 1e6)] for system, peak in peaks.items()])


def shape_table(shapes: Sequence[Shape]) -> str:
    """Write what operations cost by their size."""
    rows = [
        [
            shape.axis,
            f"{shape.size:,}",
            f"{shape.answer_bytes:,}",
            number(shape.milliseconds),
            number(shape.server_us / 1e3),
            number(shape.peak_growth / max(1, shape.answer_bytes)),
        ]
        for shape in shapes
    ]
    return table(["", "size", "answer, bytes", "latency, ms", "server CPU, ms", "peak memory / answer"], rows)


def start_table(starts: Sequence[Start]) -> str:
    """Write how long starting takes."""
    return table(["", "seconds"], [[start.what, f"{start.seconds:.2f}"] for start in starts])


def others_table(others: Sequence[Other]) -> str:
    """Write what operations of other shapes cost, those first that gain the least from plans."""
    rows = [
        [
            one.operation,
            number(one.server_us),
            number(one.database_us),
            number(one.reference_us),
            f"{one.reference_us / one.server_us:.1f}",
        ]
        for one in sorted(others, key=lambda one: one.reference_us / one.server_us)
    ]
    return table(["", "server, us", "PostgreSQL, us", "server without plans, us", "times"], rows)


def at_load(runs: Sequence[Run]) -> list[Run]:
    """Return the runs over the most connections."""
    return of(runs, max((run.connections for run in runs), default=0))


def alone(runs: Sequence[Run]) -> list[Run]:
    """Return the runs over one connection."""
    return of(runs, 1)
