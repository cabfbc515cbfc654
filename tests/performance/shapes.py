"""What an operation costs by its shape: by rows, by depth, and by width."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.performance.asking import post
from tests.performance.ours import Serving
from tests.performance.usage import cpu_seconds, forget_peak, peak_bytes, resident_bytes

ROWS = (10, 100, 1_000, 10_000, 100_000)
FIELDS = (
    *("id", "name", "milliseconds", "unitPrice", "genre", "composer", "bytes", "mediaType"),
    *("createdAt", "updatedAt", "version", "withdrawnAt"),
)
WIDTHS = (1, 2, 4, 8, 12)
WIDE_ROWS = 1_000
LEVELS = ("artists", "albums", "tracks", "album", "artist", "albums")
TO_ONE = frozenset({"album", "artist"})
NAMED = {"albums": "title", "album": "title"}
DEEP_PAGE = 5
REPETITIONS = range(3, 200)
ENOUGH_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Shape:
    """An operation of some size along an axis, and what it cost: medians of each request alone."""

    axis: str
    size: int
    milliseconds: float
    server_us: float
    answer_bytes: int
    peak_growth: int


def operations() -> Iterator[tuple[str, int, str]]:
    """Yield the operations to measure, each with its axis and its size."""
    for rows in ROWS:
        yield "rows", rows, wide(rows, FIELDS[:4])
    for depth in range(1, len(LEVELS) + 1):
        yield "depth", depth, deep(depth)
    for width in WIDTHS:
        yield "width", width, wide(WIDE_ROWS, FIELDS[:width])


def wide(rows: int, fields: tuple[str, ...]) -> str:
    """Ask for some fields of a list."""
    return f"{{ tracks(first: {rows}) {{ nodes {{ {' '.join(fields)} }} }} }}"


def deep(depth: int) -> str:
    """Ask for relations one within the other."""
    selection = ""
    for level in reversed(LEVELS[:depth]):
        fields = f"{NAMED.get(level, 'name')} {selection}"
        selection = (
            f"{level} {{ {fields} }}" if level in TO_ONE else f"{level}(first: {DEEP_PAGE}) {{ nodes {{ {fields} }} }}"
        )
    return f"{{ {selection} }}"


def measure_shapes(server: Serving) -> Iterator[Shape]:
    """Ask a server one operation after the other, each until enough is known of it."""
    for axis, size, document in operations():
        body = json.dumps({"query": document})
        yield _measure(server, body, axis, size, len(post(server.url, body, server.headers)))


def _measure(server: Serving, body: str, axis: str, size: int, answer_bytes: int) -> Shape:
    forget_peak(server.process)
    resident, before, begun = resident_bytes(server.process), cpu_seconds(server.process), time.perf_counter()
    times: list[float] = []
    for number in REPETITIONS:
        asked = time.perf_counter()
        post(server.url, body, server.headers)
        times.append(time.perf_counter() - asked)
        if number > REPETITIONS.start and time.perf_counter() - begun > ENOUGH_SECONDS:
            break
    return Shape(
        axis=axis,
        size=size,
        milliseconds=median(times) * 1e3,
        server_us=(cpu_seconds(server.process) - before) * 1e6 / len(times),
        answer_bytes=answer_bytes,
        peak_growth=max(0, peak_bytes(server.process) - resident),
    )
