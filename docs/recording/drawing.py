"""An SVG of a terminal in which rows appear one after another, again and again; without animation all are there."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme

from docs.recording.terminal import WIDTH
from docs.recording.timeline import Row, Timeline

ROWS: Final = 26
CELL: Final = 8.4
LINE: Final = 20
MARGIN: Final = 24
TOP: Final = 52
BACKGROUND: Final = "#12161f"
THEME: Final = TerminalTheme(
    (0x12, 0x16, 0x1F),
    (0xC5, 0xCD, 0xDB),
    [
        *((0x3B, 0x42, 0x52), (0xF0, 0x71, 0x78), (0x7F, 0xD9, 0x62), (0xFF, 0xB4, 0x54)),
        *((0x59, 0xC2, 0xFF), (0xD2, 0xA6, 0xFF), (0x73, 0xD0, 0xD8), (0xC5, 0xCD, 0xDB)),
    ],
)
_STYLE: Final = f"""\
text {{ font: 14px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre }}
.b {{ font-weight: 600; fill: #f3f6fb }}
.d {{ opacity: .55 }}
.title {{ font: 13px -apple-system, "Segoe UI", "Liberation Sans", sans-serif; fill: #7d8799 }}
.cover rect {{ fill: {BACKGROUND} }}
.cover .cursor {{ fill: #ffb454 }}
.cover {{ visibility: hidden }}
@media (prefers-reduced-motion: reduce) {{ * {{ animation: none !important }} }}
"""


def drawn(timeline: Timeline, title: str) -> str:
    """Draw a terminal."""
    width, height = WIDTH * CELL + 2 * MARGIN, ROWS * LINE + TOP + MARGIN
    rules: list[str] = []
    shapes: list[str] = []
    for number, row in enumerate(timeline.rows):
        rules += _appearing(number, row, timeline.lasts)
        shapes += _row(number, row)
    scrolled = max(0, len(timeline.rows) - ROWS) * LINE
    rules += _scrolling(timeline)
    dots = "".join(
        f'<circle cx="{MARGIN + 20 * place}" cy="26" r="6" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" width="{width:g}" height="{height}" role="img" aria-label="{escape(title)}">
<style>
{_STYLE}{"".join(f"{rule}{chr(10)}" for rule in rules)}</style>
<clipPath id="screen"><rect y="{TOP - 1}" width="{width:g}" height="{ROWS * LINE + 2}"/></clipPath>
<rect x=".5" y=".5" width="{width - 1:g}" height="{height - 1}" rx="10" fill="{BACKGROUND}" stroke="#2b3242"/>
{dots}
<text class="title" x="{width / 2:g}" y="31" text-anchor="middle">{escape(title)}</text>
<g clip-path="url(#screen)"><g class="scrolled" transform="translate(0 {-scrolled})">
{"".join(f"{shape}{chr(10)}" for shape in shapes)}</g></g>
</svg>
"""


def _row(number: int, row: Row) -> Iterator[str]:
    y = TOP + number * LINE
    yield f'<g class="r{number}">'
    column = 0
    for segment in row.text.render(Console(force_terminal=True)):
        text = segment.text.rstrip("\n")
        if text.strip():
            x, length = MARGIN + column * CELL, len(text) * CELL
            yield f'<text x="{x:g}" y="{y + 14}" textLength="{length:g}"{_painted(segment.style)}>{escape(text, quote=False)}</text>'
        column += len(text)
    if row.ends is not None:
        length = len(row.text) * CELL
        yield (
            f'<g class="cover c{number}"><rect x="{MARGIN}" y="{y - 1}" width="{length + CELL:g}" height="{LINE}"/>'
            f'<rect class="cursor" x="{MARGIN}" y="{y}" width="{CELL}" height="{LINE - 2}"/></g>'
        )
    yield "</g>"


def _painted(style: Style | None) -> str:
    style = style or Style.null()
    names = " ".join(name for name, wanted in (("b", style.bold), ("d", style.dim)) if wanted)
    colour = (style.color or Color.default()).get_truecolor(THEME).hex
    return f' class="{names}"' * bool(names) + f' fill="{colour}"'


def _appearing(number: int, row: Row, lasts: float) -> Iterator[str]:
    """Hide a row until its moment, and cover what is not typed yet."""
    begins = 100 * row.begins / lasts
    yield f".r{number} {{ animation: r{number} {lasts:.2f}s step-end infinite }}"
    yield f"@keyframes r{number} {{ 0% {{ opacity: 0 }} {begins:.3f}%, 100% {{ opacity: 1 }} }}"
    if row.ends is not None:
        ends, cells = 100 * row.ends / lasts, len(row.text)
        yield f".c{number} {{ animation: c{number} {lasts:.2f}s step-end infinite }}"
        yield (
            f"@keyframes c{number} {{ 0% {{ visibility: visible; transform: none }} "
            f"{begins:.3f}% {{ visibility: visible; transform: none; animation-timing-function: steps({cells}) }} "
            f"{ends:.3f}% {{ visibility: hidden; transform: translateX({cells * CELL:g}px) }} "
            f"100% {{ visibility: hidden; transform: translateX({cells * CELL:g}px) }} }}"
        )


def _scrolling(timeline: Timeline) -> Sequence[str]:
    """Move rows up as soon as there are more than fit."""
    moments = [(row.begins, number + 1 - ROWS) for number, row in enumerate(timeline.rows) if number >= ROWS]
    if not moments:
        return []
    stops = " ".join(
        f"{100 * moment / timeline.lasts:.3f}% {{ transform: translateY({-rows * LINE}px) }}"
        for moment, rows in dict(moments).items()
    )
    last = f"100% {{ transform: translateY({-moments[-1][1] * LINE}px) }}"
    return [
        f".scrolled {{ animation: scrolled {timeline.lasts:.2f}s step-end infinite }}",
        f"@keyframes scrolled {{ 0% {{ transform: none }} {stops} {last} }}",
    ]
