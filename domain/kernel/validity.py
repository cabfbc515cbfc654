"""Telling quickly of an object that all its fields are in order, as most are: by a function written for its class.

It may be unsure of what is in order, but takes nothing else for it. What is wrong is said by `validation`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable
from uuid import UUID

from domain.kernel.description import FieldDescription, describe_fields, memoised
from domain.kernel.json_value import INT64, UNSTORABLE_TEXT
from domain.kernel.omitted import OMITTED

IsValid: TypeAlias = Callable[[Any], bool]


@runtime_checkable
class Writable(Protocol):
    """A rule on texts and sequences that can say in Python when it is kept."""

    def condition(self, name: str, *, many: bool) -> str:
        """Write that what has a name, a text or a sequence of many, keeps the rule."""
        ...


# Of exact types, so that True is no int, and a datetime no date. {0} takes the value, {1} is its name from then on.
_CONDITIONS: Final[dict[type, str]] = {
    UUID: "isinstance({0}, UUID)",
    str: "type({0}) is str and not unstorable({1})",
    bool: "type({0}) is bool",
    int: f"type({{0}}) is int and {INT64[0]} <= {{1}} <= {INT64[-1]}",
    float: "type({0}) is float and isfinite({1})",
    Decimal: "type({0}) is Decimal and {1}.is_finite()",
    date: "type({0}) is date",
    datetime: "type({0}) is datetime and {1}.tzinfo is UTC",
}
_NAMES: Final[dict[str, Any]] = {
    "OMITTED": OMITTED,
    "UUID": UUID,
    "UTC": UTC,
    "Decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "isfinite": isfinite,
    "unstorable": UNSTORABLE_TEXT.search,
    "sequences": frozenset({list, tuple}),
}


@memoised
def validity_of(owner: type) -> IsValid:
    """Write the function that tells whether an object of a class is known to be in order."""
    names, conditions = dict(_NAMES), ["True"]
    for place, field in enumerate(describe_fields(owner).values()):
        names[f"kind_{place}"] = field.type
        names.update({f"rule_{place}_{number}": rule.check for number, rule in enumerate(field.rules)})
        conditions.append(_condition(field, place))
    source = f"lambda it: {' and '.join(conditions)}"
    is_valid: IsValid = eval(source, names)  # noqa: S307  # written here, of the names of fields and of numbers
    return is_valid


@memoised
def holds(kind: type) -> IsValid:
    """Write the function that tells whether a value is known to be one that a field of a type can hold."""
    condition = _of_one(kind, 0, "it", "it")
    is_valid: IsValid = eval(f"lambda it: {condition}", {**_NAMES, "kind_0": kind})  # noqa: S307  # written above
    return is_valid


def _condition(field: FieldDescription, place: int) -> str:
    rules = "".join(f" and {_of_rule(field, place, number)}" for number in range(len(field.rules)))
    absent = " or x is None" if field.nullable else ""
    # What most values are is asked first.
    return f"({_of_type(field, place)}{rules}{absent} or x is OMITTED)"


def _of_rule(field: FieldDescription, place: int, number: int) -> str:
    """Write that a rule is kept, as the rule says itself where it can, which spares a call."""
    rule = field.rules[number]
    if isinstance(rule, Writable) and (field.many or field.type is str):
        return rule.condition("x", many=field.many)
    return f"rule_{place}_{number}(x) is None"


def _of_type(field: FieldDescription, place: int) -> str:
    taken = f"x := it.{field.name}"
    if field.many:
        return f"type({taken}) in sequences and all([{_of_one(field.type, place, 'y', 'y')} for y in x])"
    return _of_one(field.type, place, f"({taken})", "x")


def _of_one(kind: type, place: int, taken: str, name: str) -> str:
    if kind in _CONDITIONS:
        return _CONDITIONS[kind].format(taken, name)
    return f"type({taken}) is " + (f"kind_{place}" if _is_of_storable_texts(kind) else "None")  # which no type is


def _is_of_storable_texts(kind: type) -> bool:
    """Tell whether it is an enumeration any member of which is in order."""
    if not issubclass(kind, Enum):
        return False
    return all(isinstance(member.value, str) and not UNSTORABLE_TEXT.search(member.value) for member in kind)
