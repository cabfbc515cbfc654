"""What keeps the generator from writing anything."""

from collections.abc import Iterable


class Refused(Exception):
    """Nothing was written, for the reasons given, a sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def refuse_any(reasons: Iterable[str]) -> None:
    """Raise Refused if there are reasons to."""
    if found := tuple(dict.fromkeys(reasons)):
        raise Refused(*found)


class Unresolved(Exception):
    """Everything was written, and somebody has to decide what is to become of these, a sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons
