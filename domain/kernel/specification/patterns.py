"""Text matching that means the same in memory as in every database."""

from functools import cache, lru_cache

ESCAPE = "\\"
ANY_TEXT = "%"
ANY_CHARACTER = "_"


class MalformedPattern(ValueError):
    """A pattern of LIKE ends within an escape."""

    def __init__(self) -> None:
        super().__init__("the pattern ends with a backslash; write two to mean the character itself")


def fold(text: str) -> str:
    r"""Take the case out of a text, code point by code point.

    Databases lower each code point by itself, so neither the final sigma nor İ (U+0130, two code points in Python) may
    be treated as Python's `str.lower` treats them.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


@cache
def _fold_character(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else lowered[0]


def escaped(text: str) -> str:
    """Write a text as a pattern that matches just it."""
    return "".join(ESCAPE + one if one in (ESCAPE, ANY_TEXT, ANY_CHARACTER) else one for one in text)


@lru_cache(maxsize=1024)
def _parse(pattern: str) -> tuple[tuple[str | None, ...], ...]:
    """Split a pattern at its `%` into runs of single characters; None stands for any one character."""
    runs: list[list[str | None]] = [[]]
    characters = iter(pattern)
    for character in characters:
        if character == ANY_TEXT:
            # Several in a row mean what one does; only the first run, which starts the text, may be empty beside it.
            if len(runs) == 1 or runs[-1]:
                runs.append([])
        elif character == ANY_CHARACTER:
            runs[-1].append(None)
        elif character == ESCAPE:
            literal = next(characters, None)
            if literal is None:
                raise MalformedPattern
            runs[-1].append(literal)
        else:
            runs[-1].append(character)
    return tuple(map(tuple, runs))


def check_pattern(pattern: str) -> None:
    """Raise MalformedPattern where databases would disagree on what the pattern means."""
    _parse(pattern)


def matches(text: str, pattern: str) -> bool:
    """Tell whether a text is LIKE a pattern (SQL:2016, 8.5): `%` any text, `_` any character, a backslash escapes.

    Each run between two `%` takes its leftmost place, so the time is at most the product of both lengths.
    """
    first, *others = _parse(pattern)
    if not others:
        return len(text) == len(first) and _stands_at(text, 0, first)
    if not _stands_at(text, 0, first):
        return False
    start = len(first)
    *middle, last = others
    for run in middle:
        place = next((at for at in range(start, len(text) - len(run) + 1) if _stands_at(text, at, run)), None)
        if place is None:
            return False
        start = place + len(run)
    return len(text) - len(last) >= start and _stands_at(text, len(text) - len(last), last)


def _stands_at(text: str, start: int, run: tuple[str | None, ...]) -> bool:
    if start + len(run) > len(text):
        return False
    return all(expected is None or text[start + offset] == expected for offset, expected in enumerate(run))
