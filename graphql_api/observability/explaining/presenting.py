"""Specifications, made presentable: without what says nothing, without secrets, and of a length that can be read."""

import reprlib
from dataclasses import replace
from typing import Any, Final, TypeGuard

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    CompositeSpecification,
    Connective,
    Count,
    FieldSpecification,
    NotSpecification,
    Operand,
    RelationSpecification,
    Specification,
    Through,
)
from domain.kernel.specification.notation import written_value
from graphql_api.settings.redaction import MASK, names_secret

MOST_VALUES: Final = 20
LONGEST_VALUE: Final = 200
_MORE: Final = "..."


def simplified(specification: Specification) -> Specification:
    """Leave out what combines nothing, and what adds nothing to a combination."""
    match specification:
        case CompositeSpecification(connective, parts):
            neutral = EVERYTHING if connective is Connective.AND else NOTHING
            kept: list[Specification] = []
            for part in map(simplified, parts):
                kept += part.parts if combines(part, connective) else [part]
            telling = [part for part in kept if part != neutral]
            return telling[0] if len(telling) == 1 else CompositeSpecification(connective, tuple(telling))
        case NotSpecification(part):
            return NotSpecification(simplified(part))
        case RelationSpecification(_, _, part):
            return replace(specification, part=simplified(part))
        case _:
            return specification


def shortened(text: str, longest: int) -> str:
    """Cut a text off."""
    return text if len(text) <= longest else f"{text[:longest]}{_MORE} ({len(text)} characters)"


def combines(node: Specification, connective: Connective) -> TypeGuard[CompositeSpecification]:
    """Tell whether a node combines its parts in one of the two ways."""
    return isinstance(node, CompositeSpecification) and node.connective is connective


def presentable(comparison: FieldSpecification) -> FieldSpecification:
    """Leave out secrets, and what is too long to be read."""
    criteria = comparison.criteria
    value = MASK if _is_secret(criteria.field) else _bounded(criteria.value)
    return FieldSpecification(replace(criteria, value=value))


def _is_secret(operand: Operand) -> bool:
    match operand:
        case Through(_, inner):
            return _is_secret(inner)
        case Count():
            return False
        case _:
            return names_secret(operand)


def _bounded(value: Any) -> Any:
    match value:
        case str():
            return shortened(value, LONGEST_VALUE)
        case tuple() if len(value) > MOST_VALUES:
            return (*map(_bounded, value[:MOST_VALUES]), f"{_MORE} ({len(value)} values)")
        case tuple():
            return tuple(map(_bounded, value))
        case _:
            return value if _is_writable(value) else reprlib.repr(value)


def _is_writable(value: Any) -> bool:
    try:
        written_value(value)
    except TypeError:
        return False
    return True
