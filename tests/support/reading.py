"""What the API should answer about the small store, worked out in plain Python."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from domain.kernel.entity import Entity
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.identity import decode_id, encode_id
from tests.support.small_store import SmallStore


def global_id(thing: Entity) -> str:
    """Write the identity of a thing as the API does."""
    return encode_id(type(thing).__name__, thing.id)


def written(thing: Entity, field: str) -> Any:
    """Give the JSON of a field, by its name in the API."""
    value = getattr(thing, EXPOSED[type(thing).__name__].fields[field].name)
    match value:
        case UUID():
            return global_id(thing)
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Enum():
            return value.name
        case _:
            return value


def shown(thing: Entity) -> Mapping[str, Any]:
    """Give every field of a thing as the API shows it."""
    return {field: written(thing, field) for field in EXPOSED[type(thing).__name__].fields}


def by_id(things: Iterable[Entity]) -> list[Any]:
    """Put things into the order that lists have by themselves."""
    return sorted(things, key=lambda thing: thing.id)


def satisfies(store: SmallStore, thing: Entity, where: Mapping[str, Any]) -> bool:
    """Tell whether a thing satisfies a filter, written as in the variables of an operation."""
    return all(_holds(store, thing, key, part) for key, part in where.items())


def _holds(store: SmallStore, thing: Entity, key: str, part: Any) -> bool:
    exposure = EXPOSED[type(thing).__name__]
    match key:
        case "and":
            return all(satisfies(store, thing, one) for one in part)
        case "or":
            return any(satisfies(store, thing, one) for one in part)
        case "not":
            return not satisfies(store, thing, part)
    if key in exposure.fields:
        field = exposure.fields[key]
        return compares(getattr(thing, field.name), field.type, part)
    if key in exposure.counts:
        return compares(len(store.related(thing, exposure.counts[key])), int, part)
    related = store.related(thing, exposure.relations[key][0])
    if not isinstance(related, list):
        return related is not None and satisfies(store, related, part)
    return all(_quantified(store, related, word, inner) for word, inner in part.items())


def _quantified(store: SmallStore, related: list[Entity], word: str, part: Mapping[str, Any]) -> bool:
    found = [satisfies(store, one, part) for one in related]
    return {"some": any(found), "every": all(found), "none": not any(found)}[word]


def compares(actual: Any, kind: type, part: Mapping[str, Any]) -> bool:
    """Tell whether a value satisfies every comparison of a scalar's filter."""
    return all(_compares(actual, word, _meant(kind, word, operand)) for word, operand in part.items())


def _compares(actual: Any, word: str, operand: Any) -> bool:
    if word == "isNull":
        return (actual is None) is operand
    if actual is None:
        return word in {"ne", "notIn"}
    return bool(COMPARISONS[word](actual, operand))


COMPARISONS: Mapping[str, Callable[[Any, Any], object]] = {
    "eq": lambda actual, operand: actual == operand,
    "ne": lambda actual, operand: actual != operand,
    "gt": lambda actual, operand: actual > operand,
    "ge": lambda actual, operand: actual >= operand,
    "lt": lambda actual, operand: actual < operand,
    "le": lambda actual, operand: actual <= operand,
    "in": lambda actual, operand: actual in operand,
    "notIn": lambda actual, operand: actual not in operand,
    "between": lambda actual, operand: operand[0] <= actual <= operand[1],
    "like": lambda actual, operand: re.fullmatch(_regular(operand), actual, re.DOTALL),
    "contains": lambda actual, operand: operand in actual,
    "startsWith": lambda actual, operand: actual.startswith(operand),
    "endsWith": lambda actual, operand: actual.endswith(operand),
    "iContains": lambda actual, operand: _caseless(operand) in _caseless(actual),
    "iStartsWith": lambda actual, operand: _caseless(actual).startswith(_caseless(operand)),
    "iEndsWith": lambda actual, operand: _caseless(actual).endswith(_caseless(operand)),
}


def _meant(kind: type, word: str, operand: Any) -> Any:
    """Read an operand of the variables as a value of Python."""
    if word == "isNull":
        return operand
    if isinstance(operand, list):
        return [_meant(kind, "eq", one) for one in operand]
    if issubclass(kind, Enum):
        return kind[operand]
    if kind is UUID:
        return decode_id(operand).id
    if kind in {date, datetime}:
        return kind.fromisoformat(operand)
    return Decimal(str(operand)) if kind is Decimal else operand


def _regular(pattern: str) -> str:
    """Write a pattern of LIKE as a regular expression."""
    parts = re.findall(r"\\(.)|([%_])|(.)", pattern, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(wild) or re.escape(literal or plain) for literal, wild, plain in parts)


def _caseless(text: str) -> str:
    """Lower each character by itself, as databases do: the first of two where Python makes two of one."""
    return "".join(character.lower()[0] for character in text)


def ordered(store: SmallStore, things: Iterable[Entity], order: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Sort things as a list of orders says, written as in the variables of an operation."""
    result = by_id(things)
    first_of_key: dict[str, Mapping[str, Any]] = {}
    for entry in order:
        first_of_key.setdefault(_path(entry), entry)
    # The identity, which decides last, runs as the last key does.
    if first_of_key and _direction([*first_of_key.values()][-1]).startswith("DESC"):
        result.reverse()
    for entry in reversed(order):
        ((key, direction),) = entry.items()
        word = _direction(direction)
        values = {one.id: _sorted_by(store, one, key, direction) for one in result}
        absent = [one for one in result if values[one.id] is None]
        present = sorted(
            (one for one in result if values[one.id] is not None),
            key=lambda one, values=values: values[one.id],  # type: ignore[misc]  # a default binds it in the loop
            reverse=word.startswith("DESC"),
        )
        nulls_first = word in {"DESC", "DESC_NULLS_FIRST", "ASC_NULLS_FIRST"}
        result = [*absent, *present] if nulls_first else [*present, *absent]
    return result


def _path(entry: Any) -> str:
    return "".join(f"{key}.{_path(one)}" for key, one in entry.items()) if isinstance(entry, Mapping) else ""


def _direction(direction: Any) -> str:
    while isinstance(direction, Mapping):
        ((_, direction),) = direction.items()
    return str(direction)


def _sorted_by(store: SmallStore, thing: Entity, key: str, direction: Any) -> Any:
    exposure = EXPOSED[type(thing).__name__]
    if key in exposure.counts:
        return len(store.related(thing, exposure.counts[key]))
    if not isinstance(direction, Mapping):
        return getattr(thing, exposure.fields[key].name)
    related = store.related(thing, exposure.relations[key][0])
    ((inner, below),) = direction.items()
    return None if related is None else _sorted_by(store, related, inner, below)
