"""How the types of fields appear in the API."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import GenericAlias
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, DecimalDefinition, UUIDDefinition
from strawberry.types.enum import has_enum_definition
from strawberry.types.scalar import ScalarDefinition

from domain.kernel.description import FieldDescription
from domain.kernel.json_value import Json
from domain.kernel.selection import IDENTITY


def _json(value: Any) -> Json:
    try:
        return Json.of(value)
    except ValueError as error:
        raise GraphQLError(f"JSON cannot represent this value: it {error}.") from error


def _json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Json:
    return _json(value_from_ast_untyped(node, variables))


SCALARS: Mapping[object, ScalarDefinition] = {
    date: replace(DateDefinition, description="A day of the calendar, by ISO 8601. Example: `1973-03-28`."),
    datetime: replace(
        DateTimeDefinition,
        description="A moment, by ISO 8601, always with its zone. Example: `2024-02-29T12:30:00.000001+00:00`.",
    ),
    Decimal: replace(
        DecimalDefinition,
        description="An exact decimal number: given as text, and taken as text or as a number. Example: `0.99`.",
    ),
    UUID: replace(UUIDDefinition, description="A UUID, as text. Example: `0f8fad5b-d9cb-469f-a165-70867728950e`."),
    Json: ScalarDefinition(
        name="JSON",
        description="Any JSON value but null. Values are equal whatever the order of their keys.",
        specified_by_url=None,
        serialize=attrgetter("value"),
        parse_value=_json,
        parse_literal=_json_literal,
        origin=Json,
    ),
}
"""Strawberry's scalars, with descriptions that say what a client has to send."""


def scalar(python_type: type) -> Any:
    """Return what a Python type is in the API."""
    if issubclass(python_type, Enum) and not has_enum_definition(python_type):
        _define_enum(python_type)
    return python_type


def identifies(field: FieldDescription) -> bool:
    """Tell whether a field holds the identity of a thing, and not just any UUID."""
    return field.type is UUID and (field.references is not None or field.name == IDENTITY.field)


def scalar_of(field: FieldDescription) -> Any:
    """Return what one value of a field is in the API: an identity is an ID, whatever it identifies."""
    return strawberry.ID if identifies(field) else scalar(field.type)


def _define_enum(enumeration: Any) -> None:
    definition = strawberry.enum(enumeration, description=(enumeration.__doc__ or "").strip()).__strawberry_definition__
    for value, member in zip(definition.values, enumeration, strict=True):
        value.description = getattr(member, "description", None)


def declared(field: FieldDescription) -> Any:
    """Return what the value of a field is in the API, one or several."""
    value = scalar_of(field)
    return list_of(value) if field.many else value


def list_of(kind: Any) -> Any:
    """Return the type of a list."""
    return GenericAlias(list, (kind,))


def camel_case(name: str) -> str:
    """Spell a Python name as the API does: `unit_price` is `unitPrice`."""
    return re.sub(r"_+([a-z0-9])", lambda match: match[1].upper(), name)


def documented(field: FieldDescription) -> str:
    """Return the description of a field, with its example."""
    return field.description if field.example is None else f"{field.description} Example: `{field.example}`."
