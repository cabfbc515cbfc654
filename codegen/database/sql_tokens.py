"""SQL, divided into what it is made of."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[(?!\])[^\]'\d(][^\]'(]*\])
    |(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>::|[(),.\[\];]|[-+*/<>=~!@\#%^&|?]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word, a name in quotation marks, a text, a number or a mark, and where it is."""

    kind: str
    value: str
    start: int
    end: int


class Unreadable(Exception):
    """A condition that is not read here."""


def tokens(text: str) -> Iterator[Token]:
    """Divide SQL into what it is made of. Raises Unreadable."""
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise Unreadable(text)
        place = found.end()
        value = found[0]
        if found.lastgroup == "word":
            yield Token("word", value, found.start(), place)
        elif found.lastgroup in {"text", "quoted"}:
            mark = value[-1]
            plain = value[1:-1].replace(mark * 2, mark) if mark != "]" else value[1:-1]
            yield Token(found.lastgroup, plain, found.start(), place)
        elif found.lastgroup != "space":
            yield Token(found.lastgroup, value, found.start(), place)
