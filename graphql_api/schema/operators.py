"""The comparisons that each scalar offers in a filter: `StringFilter`, `IntFilter` and so on, one for each type."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import strawberry

from domain.kernel.json_value import Json
from domain.kernel.specification import ComparisonOperator
from domain.kernel.specification.binding import UNORDERED_TYPES
from domain.kernel.specification.operators import ORDERING_OPERATORS, TEXT_OPERATORS
from graphql_api.schema.derived import derived_input, optional
from graphql_api.schema.scalars import list_of, scalar

NOT_IN = "notIn"
SCALAR_NAMES: Mapping[type, str] = {
    str: "String",
    int: "Int",
    Decimal: "Decimal",
    float: "Float",
    bool: "Boolean",
    date: "Date",
    datetime: "DateTime",
    UUID: "UUID",
    Json: "JSON",
}
DESCRIPTIONS: Mapping[str, str] = {
    ComparisonOperator.EQ: "Equal to.",
    ComparisonOperator.NE: "Not equal to; also true where there is no value.",
    ComparisonOperator.GT: "Greater than.",
    ComparisonOperator.GE: "Greater than or equal to.",
    ComparisonOperator.LT: "Less than.",
    ComparisonOperator.LE: "Less than or equal to.",
    ComparisonOperator.IN: "One of a list.",
    NOT_IN: "None of a list; also true where there is no value.",
    ComparisonOperator.BETWEEN: "Between two bounds, both included: `[lower, upper]`.",
    ComparisonOperator.IS_NULL: "true: has no value; false: has one.",
    ComparisonOperator.LIKE: "Like a pattern: `%` is any text, `_` any character, a backslash takes either literally.",
    ComparisonOperator.CONTAINS: "Contains a text.",
    ComparisonOperator.STARTS_WITH: "Starts with a text.",
    ComparisonOperator.ENDS_WITH: "Ends with a text.",
    ComparisonOperator.I_CONTAINS: "Contains a text, in any case.",
    ComparisonOperator.I_STARTS_WITH: "Starts with a text, in any case.",
    ComparisonOperator.I_ENDS_WITH: "Ends with a text, in any case.",
}


def operators_of(python_type: type) -> list[str]:
    """List the operators that make sense for a type."""
    left_out: set[str] = set()
    if python_type is not str:
        left_out |= TEXT_OPERATORS
    if issubclass(python_type, UNORDERED_TYPES):
        left_out |= ORDERING_OPERATORS
    if python_type is bool:
        left_out |= {ComparisonOperator.IN, NOT_IN}
    return [operator for operator in DESCRIPTIONS if operator not in left_out]


@cache
def operator_input(python_type: type, identity: bool = False) -> type:
    """Derive the input that compares a scalar, or the identity of a thing."""
    name = "ID" if identity else SCALAR_NAMES.get(python_type, python_type.__name__)
    value = strawberry.ID if identity else scalar(python_type)
    return derived_input(
        f"{name}Filter",
        f"Compares a value of type {name}. Several keys must all be true.",
        [
            optional(operator, _argument(operator, value), DESCRIPTIONS[operator])
            for operator in operators_of(python_type)
        ],
    )


def _argument(operator: str, value: Any) -> Any:
    if operator in {ComparisonOperator.IN, NOT_IN, ComparisonOperator.BETWEEN}:
        return list_of(value)
    return bool if operator == ComparisonOperator.IS_NULL else value
