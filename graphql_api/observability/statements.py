"""What a statement does, and to which table, by its text."""

import re
from functools import lru_cache
from typing import Final

READS: Final = "SELECT"

# What a function gives, as a list that was handed over, is no table.
_ABOUT: Final = re.compile(r'\b(?:FROM(?!\s+\w+\()|INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)
_CHANGES: Final = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE)\b")
_MOST_SUBJECTS: Final = 4_096


@lru_cache(_MOST_SUBJECTS)
def subject(text: str) -> tuple[str, str]:
    """Give the operation, and the table or an empty text."""
    # Several changes at once begin with WITH, and the last of them is what they are about.
    together = text.startswith("WITH") and bool(_CHANGES.search(text))
    operation = _CHANGES.findall(text)[-1] if together else text.split(None, 1)[0].upper()
    about = _ABOUT.search(text, text.rfind(operation) if together else 0)
    return operation, about[1] if about else ""
