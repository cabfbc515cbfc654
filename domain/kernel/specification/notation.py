"""Specifications as text: JSON that is short enough for a key, readable in a log, and restored exactly.

`["and",["#tracks","gt",5],["artist","one",["name","startsWith","A"]],["not",["title","like","%live%"]]]`. The types of
values follow from the fields, so values need no tags, and a key made of such a text has to name the entity too.
"""

import json
import reprlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, assert_never
from uuid import UUID

from domain.kernel.identity import read_identity
from domain.kernel.json_value import Json
from domain.kernel.specification.binding import Resolve, bind, describe_operand
from domain.kernel.specification.operands import Count, Operand, Through
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.tree import (
    EVERYTHING,
    NOTHING,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)

if TYPE_CHECKING:
    from domain.kernel.entity import EntityDescription

N = TypeVar("N", int, Decimal)
COUNT = "#"  # no name starts with it, so that no field is taken for a count
QUANTIFIERS = frozenset(one.value for one in Quantifier)
OPERATORS = frozenset(one.value for one in ComparisonOperator)

_quoted = json.JSONEncoder(ensure_ascii=False).encode


class MalformedNotation(ValueError):
    """A text is not the notation of a specification of the entity."""


def printed(specification: Specification) -> str:
    """Write a bound specification; those of one canonical form are the same text, and no others are.

    Raises TypeError for a value that no field has.
    """
    match specification:
        case FieldSpecification():
            return written(specification)
        case CompositeSpecification(_, parts):
            return written(specification, [printed(part) for part in parts])
        case NotSpecification(part) | RelationSpecification(_, _, part):
            return written(specification, [printed(part)])
        case _:
            assert_never(specification)


def written(specification: Specification, parts: Sequence[str] = ()) -> str:
    """Write one node, whose parts are written already."""
    match specification:
        case FieldSpecification(criteria):
            return f'["{_operand(criteria.field)}","{criteria.operator}",{written_value(criteria.value)}]'
        case CompositeSpecification(connective):
            if not parts:
                return "true" if connective is Connective.AND else "false"
            return f'["{connective.value}",{",".join(parts)}]'
        case NotSpecification():
            return f'["not",{parts[0]}]'
        case RelationSpecification(relation, quantifier, _):
            return f'["{relation}","{quantifier.value}",{parts[0]}]'
        case _:
            assert_never(specification)


def written_value(value: Any) -> str:
    """Write what a field is compared with. Raises TypeError for a value that no field has."""
    match value:
        case str():
            return _quoted(value)
        case bool():
            return "true" if value else "false"
        case int():
            return int.__repr__(value)  # of a member of an enumeration too
        case Decimal() | float():
            return str(value)
        case date():
            return f'"{value.isoformat()}"'
        case UUID():
            return f'"{value}"'
        case tuple():
            return f"[{','.join([written_value(one) for one in value])}]"
        case Enum():
            return written_value(value.value)
        case Json(text):
            return _quoted(text)  # a list in it is no list of values
        case _:
            raise TypeError(f"No field is compared with {reprlib.repr(value)}; bind the specification to its entity.")


def _operand(operand: Operand) -> str:
    match operand:
        case str():
            return operand
        case Through(relation, inner):
            return f"{relation}.{_operand(inner)}"
        case Count(relation):
            return f"{COUNT}{relation}"
        case _:
            assert_never(operand)


def parsed(text: str, entity: "EntityDescription", resolve: Resolve) -> Specification:
    """Restore a specification of an entity from what `printed` wrote. Raises ValueError for anything else."""
    try:
        content = json.loads(text, parse_int=_integer, parse_float=_decimal, parse_constant=_decimal)
        return bind(_restored(content, entity, resolve), entity, resolve)
    except MalformedNotation:
        raise
    except json.JSONDecodeError as error:
        raise MalformedNotation(f"The text is not JSON: {error}.") from error
    except RecursionError as error:
        raise MalformedNotation("The text nests too deeply for a specification.") from error
    except (TypeError, ValueError) as error:  # of `bind`
        raise MalformedNotation(str(error)) from error


def _number(read: Callable[[str], N], text: str) -> N:
    try:
        return read(text)
    except (ValueError, InvalidOperation) as error:  # of too many digits to be read
        raise MalformedNotation(f"{reprlib.repr(text)} is no number that a field can hold.") from error


_integer, _decimal = partial(_number, int), partial(_number, Decimal)


def _restored(node: object, entity: "EntityDescription", resolve: Resolve) -> Specification:
    match node:
        case True:
            return EVERYTHING
        case False:
            return NOTHING
        case ["not", part]:
            return NotSpecification(_restored(part, entity, resolve))
        case ["and" | "or" as word, *parts]:
            return CompositeSpecification(Connective(word), tuple(_restored(one, entity, resolve) for one in parts))
        case [str(name), str(word), part] if word in QUANTIFIERS:
            if name not in entity.relations:
                raise MalformedNotation(f"{entity.name} has no relation {name}.")
            target = resolve(entity.relations[name].target)
            return RelationSpecification(name, Quantifier(word), _restored(part, target, resolve))
        case [str(name), str(word), value] if word in OPERATORS:
            return _restored_comparison(name, ComparisonOperator(word), value, entity, resolve)
        case _:
            raise MalformedNotation(f"{reprlib.repr(node)} is no specification.")


def _restored_comparison(
    name: str, operator: ComparisonOperator, value: object, entity: "EntityDescription", resolve: Resolve
) -> Specification:
    operand = _restored_operand(name)
    field = describe_operand(operand, entity, resolve)
    try:
        kind = bool if operator is ComparisonOperator.IS_NULL else field.type
        return where(operand, operator, _restored_value(value, kind))
    except ValueError as error:
        shown = f"{entity.name}.{operand} {operator} {reprlib.repr(value)}"
        raise MalformedNotation(f"{shown}: {error}.") from error


def _restored_operand(text: str) -> Operand:
    *relations, last = text.split(".")
    operand: Operand = Count(last.removeprefix(COUNT)) if last.startswith(COUNT) else last
    for relation in reversed(relations):
        operand = Through(relation, operand)
    return operand


def _restored_value(value: object, kind: type) -> object:
    """Make a value of a type out of what JSON has for it; `bind` refuses what does not fit."""
    if isinstance(value, list):
        return tuple(_restored_value(one, kind) for one in value)
    if issubclass(kind, Enum):
        return kind(value)
    source, read = READERS.get(kind, (object, _same))
    return read(value) if isinstance(value, source) else value


def _same(value: Any) -> Any:
    return value


# The types that JSON lacks: what stands for them, and how they are made from that.
READERS: Mapping[type, tuple[type, Callable[[Any], Any]]] = {
    float: (Decimal, float),
    datetime: (str, datetime.fromisoformat),
    date: (str, date.fromisoformat),
    UUID: (str, read_identity),
    Json: (str, lambda text: Json.of(json.loads(text))),
}
