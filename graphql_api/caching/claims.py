"""What an answer says of stored rows, so that a change of a row can be held against it.

A claim is about one entity: which of its rows the answer looked at, and which of their fields it shows. What a
specification says of related rows cannot be told from one row; then it counts as possible, and claims about the
entities that it leads to stand beside this one.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, assert_never

from domain.kernel.row_change import Image, RowChange
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    RelationSpecification,
    Specification,
)
from domain.kernel.specification.operators import compare

MOST_ANCHORS = 16


def holds(specification: Specification, row: Image) -> bool | None:
    """Tell whether a row satisfies a specification; None where that depends on other rows."""
    match specification:
        case FieldSpecification(FilterCriteria(field, operator, value)):
            return compare(row[field], operator, value) if isinstance(field, str) else None
        case CompositeSpecification(connective, parts):
            decisive, found = connective is Connective.OR, [holds(part, row) for part in parts]
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        case NotSpecification(part):
            known = holds(part, row)
            return None if known is None else not known
        case RelationSpecification():
            return None
        case _:
            assert_never(specification)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that a page shows: what lies `beyond` its last row, and `aside` of where it begins.

    There is something beyond, and the page says so.
    """

    beyond: Specification | None = None
    aside: Specification | None = None

    def is_beyond(self, row: Image) -> bool:
        """Tell whether a row surely lies beyond the page."""
        return self.beyond is not None and holds(self.beyond, row) is True

    def is_aside(self, row: Image) -> bool:
        """Tell whether a row surely lies aside of the page."""
        return self.aside is not None and holds(self.aside, row) is True


@dataclass(frozen=True, slots=True)
class Claim:
    """The rows that an answer looked at and the fields that it `shown`s; `asked` are those that `where` speaks of."""

    entity: str
    where: Specification = EVERYTHING
    shown: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    window: Window | None = None

    def touched_by(self, change: RowChange) -> bool:
        """Tell whether the answer might be another one after a change of a row of the entity."""
        before, after = change.before, change.after
        if before is None and after is None:
            return True
        was, is_ = self._has(before), self._has(after)
        if was is False and is_ is False:
            return False
        if before is not None and after is not None:
            relevant = self.shown if was is True and is_ is True else self.shown | self.asked
            moved = was is False or is_ is False
            if not moved and all(before[name] == after[name] for name in relevant):
                return False
        return self.window is None or self._reaches(self.window, before, was, after, is_)

    def _has(self, row: Image | None) -> bool | None:
        return False if row is None else holds(self.where, row)

    def _reaches(
        self, window: Window, before: Image | None, was: bool | None, after: Image | None, is_: bool | None
    ) -> bool:
        """Tell whether a change of the list is one of the page."""
        if was is not False and before is not None and not window.is_aside(before):
            # What lay beyond may have been all that did.
            stays = is_ is True and after is not None and window.is_beyond(after)
            return not (stays and window.is_beyond(before))
        return is_ is not False and after is not None and not (window.is_beyond(after) or window.is_aside(after))


def anchor(specification: Specification) -> tuple[str, tuple[Hashable, ...]] | None:
    """Find a field that has one of a few values wherever a specification holds, the identity before others."""
    parts = specification.parts if isinstance(specification, CompositeSpecification) else (specification,)
    if isinstance(specification, CompositeSpecification) and specification.connective is not Connective.AND:
        return None
    found: dict[str, tuple[Hashable, ...]] = {}
    for part in parts:
        one = anchor(part) if isinstance(part, CompositeSpecification) else _anchor(part)
        if one is not None:
            found.setdefault(*one)
    return ("id", found["id"]) if "id" in found else next(iter(found.items()), None)


def _anchor(part: Specification) -> tuple[str, tuple[Hashable, ...]] | None:
    match part:
        case FieldSpecification(FilterCriteria(str() as field, ComparisonOperator.EQ, value)):
            return field, (value,)
        case FieldSpecification(FilterCriteria(str() as field, ComparisonOperator.IN, values)):
            return (field, _tuple(values)) if len(values) <= MOST_ANCHORS else None
        case _:
            return None


def _tuple(values: Any) -> tuple[Hashable, ...]:
    return tuple(values)
