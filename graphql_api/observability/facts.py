"""Facts about spans."""

from typing import Any, Final


class Repeated(dict[str, Any]):
    """Facts that many spans have in common, so that whoever sends them can keep how they are written.

    They are known by what object they are, and stay as they are.
    """

    __slots__ = ()

    __hash__ = object.__hash__  # type: ignore[assignment]  # which those of a dictionary, that may change, do not have


NO_FACTS: Final = Repeated()
