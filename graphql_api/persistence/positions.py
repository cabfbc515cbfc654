"""The positions of pages, taken apart: which of their values are absent makes another statement, the others do not."""

from collections.abc import Iterator
from decimal import Decimal
from types import EllipsisType
from typing import Any, TypeAlias

from domain.kernel.entity import EntityDescription
from domain.kernel.selection import Order, Position
from graphql_api.persistence.decimals import fits
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.shapes import KindOf
from graphql_api.persistence.types import ExactDecimal

PositionShape: TypeAlias = tuple[Any, ...]
_TAKEN: EllipsisType = ...


def take_position(
    position: Position | None, order: Order, entity: EntityDescription, kind_of: KindOf, values: list[Any]
) -> PositionShape | None:
    """Give the shape of a position, and append what was taken out to the values."""
    if position is None:
        return None
    shape: list[Any] = []
    for key, value in zip(order, position, strict=True):
        if value is None or (isinstance(value, Decimal) and _has_no_room(value, kind_of(entity, key.field))):
            shape.append(value)
        else:
            shape.append(_TAKEN)
            values.append(value)
    return tuple(shape)


def put_position(shape: PositionShape | None, holes: Iterator[Hole]) -> Position | None:
    """Make a position of a shape, with holes in the order in which values were taken out."""
    return None if shape is None else tuple([next(holes) if value is _TAKEN else value for value in shape])


def _has_no_room(value: Decimal, column: object) -> bool:
    # No row has such a value, so a position of that kind is rare enough to have statements of its own.
    return isinstance(column, ExactDecimal) and not fits(value, column)
