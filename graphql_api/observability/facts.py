"""Facts about spans."""

from collections.abc import Mapping
from typing import Any


class Repeated(dict[str, Any]):
    """Facts that many spans have in common, so that whoever sends them can keep how they are written."""

    __slots__ = ("written",)

    def __init__(self, facts: Mapping[str, Any]) -> None:
        """Take facts, by the names of attributes; they stay as they are."""
        super().__init__(facts)
        self.written: bytes | None = None
