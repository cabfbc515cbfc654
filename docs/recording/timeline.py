"""When each row is seen: typed text at a typist's pace, output as it came, and time to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.ansi import AnsiDecoder
from rich.text import Text

from docs.recording.terminal import WIDTH, Line

HOME: Final = "~"
_KEY: Final = 0.035
_TYPED: Final = 2.4
_LONGEST_WAIT: Final = 1.5
_READING: Final = 2.0
_LAST: Final = 6.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the screen, seen from a moment on; typed ones fill until another."""

    text: Text
    begins: float
    ends: float | None = None


class Timeline:
    """Rows one after another, and the moment that the last of them left."""

    def __init__(self, folder: str, left_out: re.Pattern[str]) -> None:
        self._folder, self._left_out = folder, left_out
        self.rows: list[Row] = []
        self.now = 0.6
        self._ansi = AnsiDecoder()

    @property
    def lasts(self) -> float:
        """How long all of it is, with time to read the end."""
        return self.now + _LAST

    def divide(self, title: str) -> None:
        """Go to another terminal."""
        rule = "─" * (WIDTH - len(title) - 4)
        self._add(Text(""), Text.assemble((f"── {title} {rule}", "dim")))
        self.now += 0.6

    def command(self, command: str) -> None:
        """Type a command."""
        text = Text.assemble(
            ("~/music ", "blue"),
            ("\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT} ", "green"),
            (command, "bold"),
        )
        if self.rows and "──" not in self.rows[-1].text.plain:
            self._add(Text(""))
        key = min(_KEY, _TYPED / len(command))
        for row in _wrapped(text):
            ends = self.now + key * len(row)
            self.rows.append(Row(row, self.now, ends))
            self.now = ends
        self.now += 0.3

    def output(self, lines: Sequence[Line]) -> None:
        """Show what a command said; waits are as long as they were, up to a limit."""
        last = 0.0
        while lines and not lines[-1].text.strip():
            lines = lines[:-1]
        for line in lines:
            if self._left_out.search(Text.from_ansi(line.text).plain):
                continue
            self.now += min(line.after - last, _LONGEST_WAIT)
            last = line.after
            self._add(*(self._ansi.decode(line.text.replace(self._folder, f"{HOME}/music"))))
        self.now += _READING

    def _add(self, *texts: Text) -> None:
        for text in texts or (Text(""),):
            self.rows.extend(Row(row, self.now) for row in _wrapped(text))


def _wrapped(text: Text) -> Iterator[Text]:
    """Break a text where a terminal would: at the ends of lines, and at its edge."""
    for line in text.split(allow_blank=True):
        line.rstrip()
        yield from line.divide(range(WIDTH, len(line), WIDTH))
