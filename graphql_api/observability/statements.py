"""What a statement does, and to which table, by its text."""

import re
from functools import lru_cache
from typing import Final

READS: Final = "SELECT"

# What a function gives, as a list that was handed over, is no table.
_ABOUT: Final = re.compile(r'\b(?:FROM(?!\s+\w+\()|INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)
_CHANGES: Final = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
_MOST_SUBJECTS: Final = 4_096


@lru_cache(_MOST_SUBJECTS)
def subject(text: str) -> tuple[str, str]:
    """Give the operation, and the table or an empty text."""
    if not text.startswith("WITH"):
        return _about(text.split(None, 1)[0].upper(), text, 0)
    changes = [*_CHANGES.finditer(text)]
    # Several changes at once are about the last of them, and several readings about the first.
    return _about(changes[-1][0], text, changes[-1].start()) if changes else _about(READS, text, 0)


def _about(operation: str, text: str, start: int) -> tuple[str, str]:
    about = _ABOUT.search(text, start)
    return operation, about[1] if about else ""
