"""How long to wait before another attempt."""

import random
from typing import Final

FIRST_PAUSE: Final = 0.2
"""Seconds until something outside that failed is tried again for the first time."""
AGAIN: Final = 1.0
"""Seconds until the database is tried again, or whether somebody else still leads."""


def backoff(attempts: int, first: float, longest: float) -> float:
    """Double the seconds with each attempt up to the longest, and spread them so that not all come back at once."""
    seconds: float = min(first * 2 ** min(attempts, 32), longest)
    return seconds * random.uniform(0.5, 1)  # noqa: S311  # no secret
