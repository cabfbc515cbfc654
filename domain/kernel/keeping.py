"""How long answers to a query may be kept."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many `seconds` an answer may be kept at most; without them, for as long as the server is set to.

    It is kept no longer than it is right in any case.
    """

    seconds: float | None = None


KEPT: Final = Keeping()
