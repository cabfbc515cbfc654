"""How long to wait before another attempt."""

import random


def backoff(attempts: int, first: float, longest: float) -> float:
    """Double the seconds with each attempt up to the longest, and spread them so that not all come back at once."""
    seconds: float = min(first * 2 ** min(attempts, 32), longest)
    return seconds * random.uniform(0.5, 1)  # noqa: S311  # no secret
