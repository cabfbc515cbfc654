"""Aggregations: things put into groups that have something in common, and what is measured of each group."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from domain.kernel.description import FieldDescription
from domain.kernel.entity import EntityDescription
from domain.kernel.enumeration import DescribedEnum
from domain.kernel.measures import Measure, describe_measure
from domain.kernel.selection import Order, SortKey
from domain.kernel.specification import EVERYTHING, Operand, Specification, describe_operand
from domain.kernel.specification.binding import Resolve

KEY_PREFIX: Final = "key."


class Period(DescribedEnum):
    """The spans of the calendar that moments are grouped by, all of them in UTC."""

    DAY = "day", "The day, in UTC."
    WEEK = "week", "The week, from Monday on (ISO 8601), in UTC."
    MONTH = "month", "The month, in UTC."
    YEAR = "year", "The year, in UTC."


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the things of a group have in common: a value, or the period that it falls into, told by its start.

    Things without a value are a group too.
    """

    operand: Operand
    period: Period | None = None

    def __str__(self) -> str:
        return f"{KEY_PREFIX}{self.operand}"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Groups that are wanted. Without keys there is one, of everything, even where that is nothing.

    `having` and `order` speak of keys and measures by their text. At most `limit` groups come back, the first ones.
    """

    where: Specification = EVERYTHING
    keys: tuple[GroupKey, ...] = ()
    measures: tuple[Measure, ...] = ()
    having: Specification = EVERYTHING
    order: Order = ()
    limit: int | None = None

    @property
    def total_order(self) -> Order:
        """The order, completed by the keys: no two groups have all of them alike."""
        named = {key.field for key in self.order}
        return (*self.order, *(SortKey(str(key)) for key in self.keys if str(key) not in named))


Group = Mapping[str, Any]
"""A group as it was read: its keys and measures by their text, `key.album.title`, `sum.unit_price`."""


def describe_key(key: GroupKey, entity: EntityDescription, resolve: Resolve | None = None) -> FieldDescription:
    """Describe what a key yields for an entity.

    Raises ValueError for an unknown field or relation and TypeError for a period of what is no date.
    """
    field = describe_operand(key.operand, entity, resolve)
    if key.period is not None and not issubclass(field.type, date):
        raise TypeError(f"{entity.name}.{key.operand} is {field.type.__name__}, which has no {key.period}.")
    return replace(field, name=str(key))


def describe_groups(
    aggregation: Aggregation, entity: EntityDescription, resolve: Resolve | None = None
) -> EntityDescription:
    """Describe the groups as things with their keys and measures as fields, which specifications can speak of.

    Raises ValueError and TypeError where a key or a measure does not fit the entity.
    """
    keys = {str(key): describe_key(key, entity, resolve) for key in aggregation.keys}
    measures = {str(measure): describe_measure(measure, entity) for measure in aggregation.measures}
    return replace(entity, name=f"{entity.name}Group", fields=keys | measures, relations={})
