"""What a query wants back: fields, relations with arguments of their own, an order and a page."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from domain.kernel.measures import Measure
from domain.kernel.specification import EVERYTHING, Operand, Specification


class Direction(Enum):
    """The way an order runs."""

    ASCENDING = "ascending"
    DESCENDING = "descending"

    # That of an enumeration is a function in Python, which each lookup of a statement would call a dozen times.
    __hash__ = object.__hash__


class SortKey(NamedTuple):  # whose hash, which each lookup of a statement needs, is not a function in Python
    """One operand to order by. Absent values stand last in ascending and first in descending order unless said."""

    field: Operand
    direction: Direction = Direction.ASCENDING
    absent_first: bool | None = None

    @property
    def nulls_first(self) -> bool:
        """Tell where absent values stand."""
        return self.direction is Direction.DESCENDING if self.absent_first is None else self.absent_first

    def reversed(self) -> "SortKey":
        """Return the key that orders the other way round, absent values included."""
        other = Direction.ASCENDING if self.direction is Direction.DESCENDING else Direction.DESCENDING
        return SortKey(self.field, other, None if self.absent_first is None else not self.absent_first)


Order = tuple[SortKey, ...]
IDENTITY = SortKey("id")


def total(order: Order) -> Order:
    """Complete an order by the identity, so that no two things stand at the same place.

    It runs as the last key does: an index over both is then read in one direction.
    """
    keys: dict[Operand, SortKey] = {}
    for key in order:
        keys.setdefault(key.field, key)
        if key.field == IDENTITY.field:
            break
    kept = tuple(keys.values())
    if IDENTITY.field in keys:
        return kept
    return (*kept, IDENTITY._replace(direction=kept[-1].direction) if kept else IDENTITY)


Position = tuple[Any, ...]
"""The place of one thing in an order: the value of each of its keys."""


@dataclass(frozen=True, slots=True)
class Page:
    """A window: at most `size` things after and before the given positions; from the end where `backward`."""

    size: int
    after: Position | None = None
    before: Position | None = None
    backward: bool = False


class Written(NamedTuple):
    """A field that is wanted as text: of a decimal its digits, of a moment the ISO form, of a member its value.

    With a `tag` it is the tag and the text, in base64.
    """

    field: str
    tag: str = ""

    def __str__(self) -> str:
        return f":{self.field}"


Wanted: TypeAlias = str | Written
"""A field that is wanted, as its value or written."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields and relations of one entity that are wanted, and what is to be measured of its relations."""

    fields: tuple[Wanted, ...] = ()
    related: tuple["Related", ...] = ()
    measured: tuple["RelatedMeasures", ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are wanted, in whatever form."""
        return tuple(dict.fromkeys(one.field if isinstance(one, Written) else one for one in self.fields))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is wanted. Without a page no rows are, only what is said of all of them.

    `count` asks for the total, `surroundings` for what lies on the far side of the position that the page starts from.
    Things that are not `placed` need not tell their identity, nor their place in the order.
    """

    selection: Selection = Selection()
    where: Specification = EVERYTHING
    order: Order = (IDENTITY,)
    page: Page | None = None
    count: bool = False
    surroundings: bool = False
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Related:
    """A relation that is wanted, and the key to put it under; of a relation to one only the selection counts."""

    key: str
    relation: str
    listing: Listing


@dataclass(frozen=True, slots=True)
class RelatedMeasures:
    """What is to be measured of the things that a relation to many leads to, and the key to put it under."""

    key: str
    relation: str
    where: Specification
    measures: tuple[Measure, ...]
