"""Checking a specification against an entity, once, when it is built (requirement 2.7)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, assert_never
from uuid import UUID

from domain.kernel.description import FieldDescription
from domain.kernel.json_value import Json
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.specification.operands import Count, Operand, Through
from domain.kernel.specification.operators import ORDERING_OPERATORS, TEXT_OPERATORS, ComparisonOperator
from domain.kernel.specification.patterns import MalformedPattern, check_pattern
from domain.kernel.specification.tree import (
    CompositeSpecification,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)
from domain.kernel.validation import type_fault

if TYPE_CHECKING:
    from domain.kernel.entity import EntityDescription

LONGEST_TEXT = 10_000
MOST_DIGITS = 38
LONGEST_SHOWN = 100
BOUNDS = 2
HOW_MANY = FieldDescription(
    name="count",
    type=int,
    nullable=False,
    many=False,
    optional=False,
    description="How many there are.",
    rules=(),
    example=None,
    references=None,
)
UNORDERED_TYPES: tuple[type, ...] = (bool, UUID, Enum, Json)

Resolve = Callable[[str], "EntityDescription"]


class UnsuitableValue(ValueError):
    """A comparison that no field can make; `fault` says why without naming the comparison."""

    def __init__(self, comparison: str, fault: str) -> None:
        super().__init__(f"{comparison}: {fault}.")
        self.fault = fault


class UnsuitableType(TypeError):
    """A value or an operator of the wrong type for a field; `fault` says why without naming the comparison."""

    def __init__(self, comparison: str, fault: str) -> None:
        super().__init__(f"{comparison}: {fault}.")
        self.fault = fault


def bind(specification: Specification, entity: "EntityDescription", resolve: Resolve | None = None) -> Specification:
    """Return the specification with its values in the types of the entity's fields.

    `resolve` finds the entities that relations lead to, by name; without it relations are refused.
    Raises ValueError for an unknown field and TypeError for a value or operator that does not fit, each naming field,
    operator and value.
    """
    match specification:
        case FieldSpecification(criteria):
            value = bound_value(criteria, entity, resolve)
            return specification if value is criteria.value else where(criteria.field, criteria.operator, value)
        case CompositeSpecification(connective, parts):
            return CompositeSpecification(connective, tuple(bind(part, entity, resolve) for part in parts))
        case NotSpecification(part):
            return NotSpecification(bind(part, entity, resolve))
        case RelationSpecification():
            return _bind_relation(specification, entity, resolve)
        case _:
            assert_never(specification)


def _bind_relation(
    specification: RelationSpecification, entity: "EntityDescription", resolve: Resolve | None
) -> RelationSpecification:
    name, quantifier = specification.relation, specification.quantifier
    relation = entity.relations.get(name)
    if relation is None or resolve is None:
        raise ValueError(f"{entity.name} has no relation {name}; it has {', '.join(entity.relations) or 'none'}.")
    if isinstance(relation, ToOne) is not (quantifier is Quantifier.ONE):
        raise TypeError(f"{entity.name}.{name} cannot be asked for {quantifier.value}.")
    return RelationSpecification(name, quantifier, bind(specification.part, resolve(relation.target), resolve))


def describe_operand(operand: Operand, entity: "EntityDescription", resolve: Resolve | None = None) -> FieldDescription:
    """Describe what an operand yields for an entity. Raises ValueError where there is no such field or relation."""
    match operand:
        case str():
            if operand not in entity.fields:
                raise ValueError(f"{entity.name} has no field {operand}; it has {', '.join(entity.fields)}.")
            return entity.fields[operand]
        case Through(name, inner):
            relation = entity.relations.get(name)
            if not isinstance(relation, ToOne) or resolve is None:
                raise ValueError(f"{entity.name} has no relation {name} to one.")
            return replace(describe_operand(inner, resolve(relation.target), resolve), nullable=True)
        case Count(name):
            if isinstance(entity.relations.get(name), ToMany):
                return HOW_MANY
            raise ValueError(f"{entity.name} has no relation {name} to many.")
        case _:
            assert_never(operand)


def bound_value(criteria: FilterCriteria, entity: "EntityDescription", resolve: Resolve | None = None) -> Any:
    """Return the value of a comparison in the type of the field. Raises UnsuitableValue and UnsuitableType."""
    try:
        field = describe_operand(criteria.field, entity, resolve)
    except ValueError as error:
        raise UnsuitableValue(_text(entity, criteria), str(error).removesuffix(".")) from error
    if (fault := operator_fault(field, criteria.operator)) is not None:
        raise UnsuitableType(_text(entity, criteria), fault)
    return _bind_value(entity, field, criteria)


def operator_fault(field: FieldDescription, operator: ComparisonOperator) -> str | None:
    """Say why a field cannot be compared by an operator, or None."""
    if operator in TEXT_OPERATORS and field.type is not str:
        return f"{operator} is for text, not for {field.type.__name__}"
    if operator in ORDERING_OPERATORS and issubclass(field.type, UNORDERED_TYPES):
        return f"{field.type.__name__} has no order to compare by"
    return None


def _bind_value(entity: "EntityDescription", field: FieldDescription, criteria: FilterCriteria) -> Any:
    value = criteria.value
    match criteria.operator:
        case ComparisonOperator.IS_NULL:
            if not isinstance(value, bool):
                raise UnsuitableType(_text(entity, criteria), "expected true or false")
            return value
        case ComparisonOperator.IN:
            if not isinstance(value, tuple | list | set | frozenset):
                raise UnsuitableType(_text(entity, criteria), "expected a list of values")
            return tuple(_bind_scalar(entity, field, criteria, one) for one in value)
        case ComparisonOperator.BETWEEN:
            if not isinstance(value, tuple | list) or len(value) != BOUNDS:
                raise UnsuitableType(_text(entity, criteria), "expected a lower and an upper bound")
            return tuple(_bind_scalar(entity, field, criteria, one) for one in value)
        case _:
            return _bind_scalar(entity, field, criteria, value)


def _bind_scalar(entity: "EntityDescription", field: FieldDescription, criteria: FilterCriteria, value: Any) -> Any:
    if value is None:
        raise UnsuitableType(_text(entity, criteria), "nothing compares with an absent value; ask with isNull")
    if field.type is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if fault := type_fault(value, field.type):
        error = UnsuitableType if fault[0] == "WRONG_TYPE" else UnsuitableValue
        raise error(_text(entity, criteria), fault[1])
    _check_size(entity, criteria, value)
    return value


def _check_size(entity: "EntityDescription", criteria: FilterCriteria, value: object) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise UnsuitableValue(_text(entity, criteria), f"the text is longer than {LONGEST_TEXT} characters")
    elif isinstance(value, Decimal):
        if value and (value.adjusted() >= MOST_DIGITS or _exponent(value) < -MOST_DIGITS):
            raise UnsuitableValue(_text(entity, criteria), f"the number has more than {MOST_DIGITS} digits")
    elif isinstance(value, Json) and len(value.text) > LONGEST_TEXT:
        raise UnsuitableValue(_text(entity, criteria), f"as text it is longer than {LONGEST_TEXT} characters")
    if criteria.operator is ComparisonOperator.LIKE:
        try:
            check_pattern(str(value))
        except MalformedPattern as error:
            raise UnsuitableValue(_text(entity, criteria), str(error)) from error


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _text(entity: "EntityDescription", criteria: FilterCriteria) -> str:
    return f"{entity.name}.{criteria.field} {criteria.operator} {_shown(criteria.value)}"


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = f"{type(value).__name__} of too many digits to show"
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
