"""The inputs of groups: what to group by, which groups to keep, and how to sort them."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final

import strawberry

from domain.kernel.aggregation import Period
from domain.kernel.measures import Function
from domain.kernel.relations import ToOne
from graphql_api.schema.aggregates.offer import (
    COUNT,
    KEY,
    families,
    functions,
    group_by_name,
    group_order_name,
    having_name,
    result_type,
)
from graphql_api.schema.derived import derived_input, optional
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.filters import AND, NOT, OR
from graphql_api.schema.operators import operator_input
from graphql_api.schema.scalars import camel_case

_VALUE_DESCRIPTION: Final = "Each value is a group, and so is what has none."


@strawberry.enum(description="How to group by a value.")
class Grouping(Enum):
    """How to group by a value."""

    VALUE = strawberry.enum_value("value", description=_VALUE_DESCRIPTION)


@strawberry.enum(description="How to group by a moment or a day. A period is told by its start.")
class DateGrouping(Enum):
    """How to group by a moment or a day."""

    VALUE = strawberry.enum_value("value", description=_VALUE_DESCRIPTION)
    DAY = strawberry.enum_value("day", description=Period.DAY.description)
    WEEK = strawberry.enum_value("week", description=Period.WEEK.description)
    MONTH = strawberry.enum_value("month", description=Period.MONTH.description)
    YEAR = strawberry.enum_value("year", description=Period.YEAR.description)


PERIODS: Final[Mapping[DateGrouping, Period]] = {
    DateGrouping.DAY: Period.DAY,
    DateGrouping.WEEK: Period.WEEK,
    DateGrouping.MONTH: Period.MONTH,
    DateGrouping.YEAR: Period.YEAR,
}


def derive_inputs(exposure: Exposure) -> None:
    """Derive the inputs that group the things of an entity, and choose and sort the groups."""
    _derive_group_by(exposure)
    _derive_having(exposure)
    _derive_order(exposure)


def _derive_group_by(exposure: Exposure) -> None:
    entity = exposure.entity.name
    to_one = _to_one(exposure)
    derived_input(
        group_by_name(entity),
        f"Groups by one thing that is known of a {entity}; give a list to group by several.",
        [
            *(
                optional(
                    key, DateGrouping if issubclass(field.type, date) else Grouping, f"Group by: {field.description}"
                )
                for key, field in exposure.fields.items()
            ),
            *(optional(key, group_by_name(one.target), f"Group by: {one.description}") for key, one in to_one.items()),
        ],
        one_of=True,
    )


def _derive_having(exposure: Exposure) -> None:
    entity, name = exposure.entity.name, having_name(exposure.entity.name)
    for family, fields in families(exposure).items():
        derived_input(
            f"{entity}{family}Having",
            f"Compares what is told of groups of things of type {entity}. Several keys must all be true.",
            [
                optional(key, operator_input(result_type(family, field)), field.description)
                for key, field in fields.items()
            ],
        )
    derived_input(
        name,
        f"Chooses among groups of things of type {entity}. Several keys must all be true.",
        [
            optional(AND, f"list[{name}]", "All of these are true."),
            optional(OR, f"list[{name}]", "At least one of these is true."),
            optional(NOT, name, "This is not true."),
            optional(COUNT, operator_input(int), Function.COUNT.description),
            *(
                optional(str(function), f"{kind}Having", function.description)
                for function, kind in functions(exposure).items()
            ),
        ],
    )


def _derive_order(exposure: Exposure) -> None:
    entity = exposure.entity.name
    for family, fields in families(exposure).items():
        _one_key(
            f"{entity}{family}Order", entity, {key: ("SortDirection", one.description) for key, one in fields.items()}
        )
    own = {key: ("SortDirection", field.description) for key, field in exposure.fields.items()}
    within = {key: (f"{one.target}GroupKeyOrder", one.description) for key, one in _to_one(exposure).items()}
    _one_key(f"{entity}GroupKeyOrder", entity, own | within)
    measures = {
        camel_case(function): (f"{kind}Order", function.description) for function, kind in functions(exposure).items()
    }
    key = {KEY: (f"{entity}GroupKeyOrder", "What the group has in common.")}
    _one_key(group_order_name(entity), entity, key | {COUNT: ("SortDirection", Function.COUNT.description)} | measures)


def _one_key(name: str, entity: str, keys: Mapping[str, tuple[str, str]]) -> None:
    derived_input(
        name,
        f"Sorts groups of things of type {entity} by one key.",
        [optional(key, kind, f"Sort by: {description}") for key, (kind, description) in keys.items()],
        one_of=True,
    )


def _to_one(exposure: Exposure) -> Mapping[str, ToOne]:
    return {key: relation for key, (_, relation) in exposure.relations.items() if isinstance(relation, ToOne)}
