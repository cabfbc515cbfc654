"""What of an entity can be measured, and the names of the types that say so."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.entity import Entity
from domain.kernel.measures import Function, can_measure
from graphql_api.schema.exposure import Exposure

KEY: Final = "key"
COUNT: Final = str(Function.COUNT)
DISTINCT_COUNTS, NUMBERS, EXTREMES = "DistinctCounts", "Numbers", "Extremes"
FAMILIES: Final[Mapping[Function, str]] = {
    Function.COUNT_DISTINCT: DISTINCT_COUNTS,
    Function.SUM: NUMBERS,
    Function.AVG: NUMBERS,
    Function.MIN: EXTREMES,
    Function.MAX: EXTREMES,
}
"""The functions of fields, by the types that hold their results: sums and means share one, and so do extremes."""


def group_name(entity: str) -> str:
    """Name the type of a group of an entity's things."""
    return f"{entity}Group"


def aggregate_name(entity: str) -> str:
    """Name the type of what all things that a relation leads to come to."""
    return f"{entity}Aggregate"


def group_by_name(entity: str) -> str:
    """Name the input that groups an entity's things."""
    return f"{entity}GroupBy"


def having_name(entity: str) -> str:
    """Name the filter of groups."""
    return f"{entity}Having"


def group_order_name(entity: str) -> str:
    """Name the order of groups."""
    return f"{entity}GroupOrder"


def measured_fields(exposure: Exposure, function: Function) -> Mapping[str, FieldDescription]:
    """List the fields that a function is offered for, by their names in the API.

    The identity and the version say nothing of what a thing is, and add up to nothing.
    """
    housekeeping = describe_fields(Entity)
    return {
        key: field
        for key, field in exposure.fields.items()
        if field.name not in housekeeping and can_measure(function, field)
    }


def families(exposure: Exposure) -> Mapping[str, Mapping[str, FieldDescription]]:
    """List the types of results that an entity has fields for, each with those fields."""
    offered = {family: measured_fields(exposure, function) for function, family in FAMILIES.items()}
    return {family: fields for family, fields in offered.items() if fields}


def functions(exposure: Exposure) -> Mapping[Function, str]:
    """List the functions that an entity has fields for, each with the name of the type of its results."""
    offered = families(exposure)
    name = exposure.entity.name
    return {function: f"{name}{family}" for function, family in FAMILIES.items() if family in offered}


def result_type(family: str, field: FieldDescription) -> type:
    """Tell the type of the results of a family for a field. Integers add up to decimals, which they always fit."""
    return {DISTINCT_COUNTS: int, NUMBERS: Decimal}.get(family, field.type)
