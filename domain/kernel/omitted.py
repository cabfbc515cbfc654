"""The difference between a value that was left out and one that was set to nothing."""

from enum import Enum
from typing import Final, Literal, TypeAlias


class _Omitted(Enum):
    OMITTED = "omitted"

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Final = _Omitted.OMITTED
Omitted: TypeAlias = Literal[_Omitted.OMITTED]
"""In a command, `composer: Composer | Omitted | None = OMITTED` leaves the composer as it is unless one is given."""


def given(**values: object) -> dict[str, object]:
    """Keep the values that were given."""
    return {name: value for name, value in values.items() if value is not OMITTED}


def assign_given(target: object, **values: object) -> bool:
    """Set the members whose values were given; tell whether that changed anything."""
    changed = {name: value for name, value in values.items() if value is not OMITTED and value != getattr(target, name)}
    for name, value in changed.items():
        setattr(target, name, value)
    return bool(changed)
