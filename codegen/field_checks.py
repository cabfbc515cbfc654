"""What is wrong with the description of a field."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from codegen.description import WITH_A_RANGE, FieldWanted, Kind
from codegen.naming import KEPT_FIELDS, is_name, is_reserved
from codegen.samples import INT32, bounds, member, needed, precision

MOST_DIGITS: Final = 18


def faults_of_field(field: FieldWanted) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong, beginning with the field's name."""
    name = field.name
    if not is_name(name):
        yield f"{name}: write the name of a field in lower case, its words apart by _."
    if is_reserved(name):
        yield f"{name}: the word has a meaning of its own in Python; choose another name."
    if name in KEPT_FIELDS or (field.kind is Kind.REF and f"{name}_id" in KEPT_FIELDS):
        yield f"{name}: every entity, or its commands, have that already; choose another name."
    yield from _of_words(field)
    yield from _of_range(field)
    yield from _of_example(field)
    if field.kind is Kind.ENUM:
        yield from _of_values(field)


def _of_words(field: FieldWanted) -> Iterator[str]:
    name = field.name
    if field.readonly and not field.optional:
        yield f"{name}: nothing gives a readonly field its first value, so that it needs a ? behind its type."
    if field.readonly and field.fixed:
        yield f"{name}: what is readonly cannot be changed either; leave out fixed."
    if field.indexed and field.unique:
        yield f"{name}: what is unique has an index already; leave out indexed."
    if field.indexed and field.kind in {Kind.JSON, Kind.LIST}:
        yield f"{name}: {field.kind} is not sorted, and has no index."


def _of_range(field: FieldWanted) -> Iterator[str]:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        yield f"{field.name}: the range {low}..{high} is impossible: its start is above its end."
    whole = field.kind in WITH_A_RANGE - {Kind.DECIMAL, Kind.FLOAT}
    given = [one for one in (low, high) if one is not None]
    if whole and any(one != one.to_integral_value() for one in given):
        yield f"{field.name}: the range of {field.kind} has whole numbers."
    elif field.kind in {Kind.STR, Kind.LIST} and any(one < 0 or one > 10_000_000 for one in given):
        yield f"{field.name}: a length lies between 0 and 10000000."
    elif field.kind in {Kind.STR, Kind.LIST} and high == 0:
        yield f"{field.name}: nothing but an empty value would be left."
    elif field.kind is Kind.INT and any(not INT32[0] <= one <= INT32[1] for one in given):
        yield f"{field.name}: an int lies between {INT32[0]} and {INT32[1]}, as in GraphQL."
    elif field.kind is Kind.DECIMAL:
        yield from _of_decimal(field)


def _of_example(field: FieldWanted) -> Iterator[str]:
    if field.example is None:
        return
    if field.kind is Kind.STR and not (field.minimum or 0) <= len(field.example) <= (
        field.maximum or len(field.example)
    ):
        yield f"{field.name}: the example {field.example!r} is not as long as it has to be."
    if field.kind not in {Kind.INT, Kind.DECIMAL, Kind.FLOAT}:
        return
    try:
        value = Decimal(field.example)
    except InvalidOperation:
        yield f"{field.name}: the example {field.example!r} is no number."
        return
    low, high = bounds(field)
    places = {Kind.INT: 0, Kind.DECIMAL: field.places}.get(field.kind)
    if not value.is_finite() or (low is not None and value < low) or (high is not None and value > high):
        yield f"{field.name}: the example {value} is out of its range."
    elif places is not None and value != round(value, places):
        yield f"{field.name}: the example {value} has too many decimal places."


def _of_decimal(field: FieldWanted) -> Iterator[str]:
    given = [one for one in (field.minimum, field.maximum) if one is not None]
    place = Decimal(1).scaleb(-field.places)
    if precision(field) > MOST_DIGITS:
        yield f"{field.name}: a decimal has at most {MOST_DIGITS} digits, those after the point included."
        return
    if precision(field) < needed(field):
        yield f"{field.name}: {precision(field)} digits are too few, those after the point included."
        return
    if any(one != one.quantize(place) for one in given):
        yield f"{field.name}: the range has more than {field.places} decimal places; write decimal(4) for four."
    low, high = bounds(field)
    if low is not None and high is not None and low > high:
        yield f"{field.name}: the range is impossible."


def _of_values(field: FieldWanted) -> Iterator[str]:
    if any(not value for value in field.values):
        yield f"{field.name}: an empty text is no value of an enum."
    members: Mapping[str, str] = {}
    for value in field.values:
        other = members.get(member(value))
        if other is not None:
            yield f"{field.name}: the values {other!r} and {value!r} would have one name, {member(value)}."
        members = {**members, member(value): value}
