"""The charts of the results."""

from collections.abc import Iterator, Mapping, Sequence

from tests.performance.drawing import COLOURS, LogScale, amount, document, dot, grid_line, legend, text
from tests.performance.measuring import Run
from tests.performance.shapes import Shape
from tests.performance.statistics import medians, names
from tests.performance.tables import number, title

Points = Sequence[tuple[float, float]]

WIDTH = 900
LEFT, RIGHT, TOP = 60, 30, 64
ROW = 44
PLOT_HEIGHT = 300


def rate_chart(runs: Sequence[Run]) -> str:
    """Draw requests a second: a row for each query, a dot for each server, on one logarithmic axis."""
    rates = medians(runs, lambda run: run.rate)
    systems, queries = names(system for system, _ in rates), sorted(names(query for _, query in rates))
    colours = dict(zip(systems, COLOURS, strict=False))
    scale = LogScale.over(rates.values(), LEFT, WIDTH - RIGHT)
    bottom = TOP + ROW * len(queries)
    parts = [text(LEFT, 20, "Requests a second; further right is faster")]
    parts += legend(((_plain(system), colours[system]) for system in systems), LEFT, 46, (WIDTH - LEFT) / len(systems))
    for tick in scale.ticks:
        parts.append(grid_line(scale.place(tick), TOP, scale.place(tick), bottom))
        parts.append(text(scale.place(tick), bottom + 18, amount(tick), "middle"))
    for place, query in enumerate(queries):
        middle = TOP + ROW * (place + 0.5)
        parts += [text(LEFT - 14, middle + 4, query, "end"), grid_line(LEFT, middle, WIDTH - RIGHT, middle)]
        parts += _dots(query, middle, rates, colours, scale)
    return document(WIDTH, bottom + 30, parts, "Requests a second of each server for each query")


def _dots(
    query: str,
    middle: float,
    rates: Mapping[tuple[str, str], float],
    colours: Mapping[str, str],
    scale: LogScale,
) -> Iterator[str]:
    # The server that this is about is drawn last, over the others.
    for system in reversed(list(colours)):
        if rate := rates.get((system, query)):
            meaning = f"{_plain(system)}, {query}: {number(rate)} requests a second"
            yield dot(scale.place(rate), middle, 9 if system == "ours" else 6, colours[system], meaning)


def _plain(system: str) -> str:
    return title(system).replace("*", "").partition(":")[0]


def shape_chart(shapes: Sequence[Shape], axis: str) -> str:
    """Draw what an operation costs by its size along an axis."""
    along = [shape for shape in shapes if shape.axis == axis]
    lines = {
        "latency, ms": [(float(shape.size), shape.milliseconds) for shape in along],
        "server CPU, ms": [(float(shape.size), shape.server_us / 1e3) for shape in along],
    }
    return curves(lines, axis, f"What an operation costs by its {axis}")


def curves(lines: Mapping[str, Points], axis: str, description: str) -> str:
    """Draw lines over two logarithmic axes."""
    lines = {name: [(x, y) for x, y in points if y > 0] for name, points in lines.items()}
    across = LogScale.over([x for points in lines.values() for x, _ in points], LEFT, WIDTH - RIGHT)
    up = LogScale.over([y for points in lines.values() for _, y in points], TOP + PLOT_HEIGHT, TOP)
    parts = [text(LEFT, 20, description)]
    colours = dict(zip(lines, COLOURS, strict=False))
    parts += legend(colours.items(), LEFT, 46, 180)
    for tick in across.ticks:
        parts.append(grid_line(across.place(tick), up.end, across.place(tick), up.start))
        parts.append(text(across.place(tick), up.start + 18, amount(tick), "middle"))
    for tick in up.ticks:
        parts.append(grid_line(across.start, up.place(tick), across.end, up.place(tick)))
        parts.append(text(LEFT - 8, up.place(tick) + 4, amount(tick), "end"))
    parts.append(text((across.start + across.end) / 2, up.start + 36, axis, "middle"))
    for name, points in lines.items():
        parts += _curve(name, [(x, y, across.place(x), up.place(y)) for x, y in points], colours[name])
    return document(WIDTH, TOP + PLOT_HEIGHT + 50, parts, description)


def _curve(name: str, points: Sequence[tuple[float, float, float, float]], colour: str) -> Iterator[str]:
    path = " ".join(f"{left:.1f},{top:.1f}" for _, _, left, top in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
    for x, y, left, top in points:
        yield dot(left, top, 4, colour, f"{name}: {amount(x)}, {number(y)}")
