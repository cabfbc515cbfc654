"""Charts as SVG by hand: readable on light and on dark pages."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

COLOURS = ("#2f7de1", "#e0782f", "#3c9d52", "#9563d6", "#d3455b", "#1c9aa0", "#b08900", "#868e96")

STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.grid { stroke: #d0d7de; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .grid { stroke: #3d444d; }
}
</style>"""


@dataclass(frozen=True, slots=True)
class LogScale:
    """Where values stand on an axis that is as long for each power of ten."""

    lowest: int
    highest: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float) -> "LogScale":
        """Make the scale of whole powers of ten that holds the values, which are above 0."""
        logarithms = [math.log10(value) for value in values]
        lowest = math.floor(min(logarithms))
        return cls(lowest, max(lowest + 1, math.ceil(max(logarithms))), start, end)

    def place(self, value: float) -> float:
        """Return where a value stands."""
        share = (math.log10(value) - self.lowest) / (self.highest - self.lowest)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """The powers of ten on the axis."""
        return [10.0**power for power in range(self.lowest, self.highest + 1)]


def document(width: int, height: int, parts: Iterable[str], description: str) -> str:
    """Put the parts of a picture together."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(description)}">'
    )
    return "\n".join([head, f"<title>{escape(description)}</title>", STYLE, *parts, "</svg>", ""])


def text(x: float, y: float, content: str, anchor: str = "start") -> str:
    """Write some words."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    """Draw a line to read values by."""
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def dot(x: float, y: float, radius: float, colour: str, meaning: str) -> str:
    """Draw a dot that says what it stands for when it is pointed at."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"><title>{escape(meaning)}</title></circle>'


def legend(entries: Iterable[tuple[str, str]], x: float, y: float, step: float) -> list[str]:
    """Say what the colours mean, in one row."""
    parts: list[str] = []
    for place, (name, colour) in enumerate(entries):
        left = x + place * step
        parts += [f'<circle cx="{left:.1f}" cy="{y - 4:.1f}" r="5" fill="{colour}"/>', text(left + 10, y, name)]
    return parts


def amount(value: float) -> str:
    """Write a power of ten."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
