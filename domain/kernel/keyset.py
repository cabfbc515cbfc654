"""Pages by position: the things that come after a place in an order, as a specification like any other.

Positions survive inserts and deletes, which offsets do not, and absent values are places too.
"""

from dataclasses import dataclass
from typing import Any

from domain.kernel.selection import Direction, Order, Position, SortKey
from domain.kernel.specification import (
    EVERYTHING,
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
    # The bound on the first key is implied by what follows it; databases enter an index at the right place by it.
    return and_(_level_or_beyond(key, value), or_(beyond, and_(same, rest)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a list: what is in it, and whether the first key of the order has values there or nowhere."""

    specification: Specification
    has_values: bool


def stretches(order: Order, position: Position | None = None) -> tuple[Stretch, ...]:
    """Divide a list, or what comes after a position in it, into stretches that follow one another.

    In each, the first key is level with the position, or has a value throughout, or none: one range of an index.
    """
    key, *keys = order
    if position is None:
        parts = (Stretch(_absent(key), False), Stretch(~_absent(key), True))
        return parts if key.nulls_first else parts[::-1]
    value, *values = position
    beyond = tuple([Stretch(part, part != _absent(key)) for part in _beyond_by_presence(key, value)])
    if not keys:
        return beyond
    level = and_(_same(key, value), after(tuple(keys), tuple(values)))
    return (Stretch(level, value is not None), *beyond)


def before(order: Order, position: Position) -> Specification:
    """Describe what comes before a position in a total order."""
    return after(reversed_order(order), position)


def reversed_order(order: Order) -> Order:
    """Return the order that runs the other way."""
    return tuple(key.reversed() for key in order)


def _beyond(key: SortKey, value: Any) -> Specification:
    parts = _beyond_by_presence(key, value)
    return parts[0] if len(parts) == 1 else or_(*parts)


def _beyond_by_presence(key: SortKey, value: Any) -> tuple[Specification, ...]:
    """Describe what lies beyond a value of a key, that which has one and that which has none apart, in their order."""
    if value is None:
        return (~_absent(key),) if key.nulls_first else ()
    ascending = key.direction is Direction.ASCENDING
    further = where(key.field, ComparisonOperator.GT if ascending else ComparisonOperator.LT, value)
    return (further,) if key.nulls_first else (further, _absent(key))


def _level_or_beyond(key: SortKey, value: Any) -> Specification:
    if value is None:
        return EVERYTHING if key.nulls_first else _absent(key)
    ascending = key.direction is Direction.ASCENDING
    level_or_further = where(key.field, ComparisonOperator.GE if ascending else ComparisonOperator.LE, value)
    return level_or_further if key.nulls_first else or_(level_or_further, _absent(key))


def _same(key: SortKey, value: Any) -> Specification:
    return _absent(key) if value is None else where(key.field, ComparisonOperator.EQ, value)


def _absent(key: SortKey) -> Specification:
    return where(key.field, ComparisonOperator.IS_NULL, True)
