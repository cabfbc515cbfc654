"""Choosing names that were not there before, in memory that does not grow with their number."""

from collections.abc import Callable, Container
from typing import Final
from zlib import crc32

ATTEMPTS: Final = 12
_BITS: Final = 1 << 23
_SHORTEST_NOTICED_WORD: Final = 4


class Novelty:
    """Remember which texts were used. A few new ones are taken for used; none that was used is taken for new."""

    def __init__(self) -> None:
        self._used = bytearray(_BITS // 8)

    def admits(self, text: str) -> bool:
        """Tell whether a text is new, and remember it."""
        byte, bit = divmod(crc32(text.encode()) % _BITS, 8)
        if self._used[byte] >> bit & 1:
            return False
        self._used[byte] |= 1 << bit
        return True


def fresh(draw: Callable[[], str], novelty: Novelty, taken: Container[str] = ()) -> str:
    """Draw until a text reads well and is new; where none turns up, take one that is at least not among `taken`."""
    text = draw()
    for _ in range(ATTEMPTS):
        if text not in taken and reads_well(text) and novelty.admits(text):
            return text
        text = draw()
    return numbered(text, taken)


def numbered(text: str, taken: Container[str]) -> str:
    """Return a text that is not taken, made so by a number where it has to be."""
    result, number = text, 2
    while result in taken:
        result, number = f"{text}, Pt. {number}", number + 1
    return result


def reads_well(text: str) -> bool:
    """Tell whether no longer word stands in a text twice."""
    words = [word.strip(",.!?()'\"").removesuffix("s") for word in text.casefold().split()]
    noticed = [word for word in words if len(word) >= _SHORTEST_NOTICED_WORD]
    return len(set(noticed)) == len(noticed)


def raised(text: str) -> str:
    """Give a text a capital at its start."""
    return text[:1].upper() + text[1:]
