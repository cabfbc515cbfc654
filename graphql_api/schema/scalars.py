"""How the types of fields appear in the API."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import GenericAlias
from typing import Any
from uuid import UUID

import strawberry
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, DecimalDefinition
from strawberry.types.enum import has_enum_definition
from strawberry.types.scalar import ScalarDefinition

from domain.kernel.description import FieldDescription

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
}
"""Strawberry's scalars, with descriptions that say what a client has to send."""


def scalar(python_type: type) -> Any:
    """Return what a Python type is in the API: an identity is an ID, whatever it identifies."""
    if python_type is UUID:
        return strawberry.ID
    if issubclass(python_type, Enum) and not has_enum_definition(python_type):
        _define_enum(python_type)
    return python_type


def _define_enum(enumeration: Any) -> None:
    definition = strawberry.enum(enumeration, description=(enumeration.__doc__ or "").strip()).__strawberry_definition__
    for value, member in zip(definition.values, enumeration, strict=True):
        value.description = getattr(member, "description", None)


def declared(field: FieldDescription) -> Any:
    """Return what the value of a field is in the API, one or several."""
    value = scalar(field.type)
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
