"""Pages by position: the things that come after a place in an order, as a specification like any other.

Positions survive inserts and deletes, which offsets do not, and absent values are places too.
"""

from typing import Any

from domain.kernel.selection import Direction, Order, Position, SortKey
from domain.kernel.specification import (
    NOTHING,
    ComparisonOperator,
    Specification,
    and_,
    or_,
    where,
)


def after(order: Order, position: Position) -> Specification:
    """Describe what comes after a position: beyond it in the first key of the order, or level and after in the rest."""
    (key, *keys), (value, *values) = order, position
    beyond, same = _beyond(key, value), _same(key, value)
    if not keys:
        return beyond
    rest = after(tuple(keys), tuple(values))
    # The first bound is implied by what follows it; databases use it to enter an index at the right place.
    return and_(or_(beyond, same), or_(beyond, and_(same, rest)))


def before(order: Order, position: Position) -> Specification:
    """Describe what comes before a position in a total order."""
    return after(reversed_order(order), position)


def reversed_order(order: Order) -> Order:
    """Return the order that runs the other way."""
    return tuple(key.reversed() for key in order)


def _beyond(key: SortKey, value: Any) -> Specification:
    absent = where(key.field, ComparisonOperator.IS_NULL, True)
    if value is None:
        return ~absent if key.nulls_first else NOTHING
    ascending = key.direction is Direction.ASCENDING
    further = where(key.field, ComparisonOperator.GT if ascending else ComparisonOperator.LT, value)
    return further if key.nulls_first else or_(further, absent)


def _same(key: SortKey, value: Any) -> Specification:
    if value is None:
        return where(key.field, ComparisonOperator.IS_NULL, True)
    return where(key.field, ComparisonOperator.EQ, value)
