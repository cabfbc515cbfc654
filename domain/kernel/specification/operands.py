"""What can be compared and sorted by: a field, a field of something related, or how many related things there are."""

from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never


@dataclass(frozen=True, slots=True)
class Through:
    """An operand of the one thing that a relation leads to; absent where there is none."""

    relation: str
    operand: "Operand"

    def __str__(self) -> str:
        return f"{self.relation}.{self.operand}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many things a relation to many leads to."""

    relation: str

    def __str__(self) -> str:
        return f"{self.relation}.count"


Operand: TypeAlias = str | Through | Count
"""Written as text, an operand is its name: `title`, `album.title`, `tracks.count`."""


def value_of(candidate: object, operand: Operand) -> Any:
    """Evaluate an operand in memory."""
    match operand:
        case str():
            return member(candidate, operand)
        case Through(relation, inner):
            related = member(candidate, relation)
            return None if related is None else value_of(related, inner)
        case Count(relation):
            return len(member(candidate, relation))
        case _:
            assert_never(operand)


def member(candidate: Any, name: str) -> Any:
    """Read a field or a relation of a candidate, which has it as a member or a key."""
    # To ask whether something is a Mapping takes longer than all else.
    return candidate[name] if hasattr(type(candidate), "__getitem__") else getattr(candidate, name)
