"""Values for each field: two that are good, to be written and changed, and some that are not."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from codegen.description import FieldWanted, Kind
from codegen.naming import words

INT32: Final = (-(2**31), 2**31 - 1)
_PLACE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as Python writes it, and as JSON carries it."""

    python: str
    json: Any


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that breaks a rule, and the code of the violation."""

    python: str
    code: str


def samples(field: FieldWanted, enumeration: str) -> tuple[Sample, Sample]:
    """Give two good values, which differ where the field allows it."""
    match field.kind:
        case Kind.STR:
            return _of_text(_text(field, field.example or "")), _of_text(_text(field, "Another"))
        case Kind.INT:
            low, high = bounds(field)
            first, second = _numbers(field, "1", "2")
            return _of_int(_between(first, low, high)), _of_int(_between(second, low, high))
        case Kind.DECIMAL:
            first, second = _numbers(field, "9.99", "4.5")
            return _of_decimal(field, first), _of_decimal(field, second)
        case Kind.FLOAT:
            first, second = _numbers(field, "1.5", "2.5")
            return _of_float(field, float(first)), _of_float(field, float(second))
        case Kind.LIST:
            return _of_list(field, "first"), _of_list(field, "other")
        case Kind.ENUM:
            members = [(f"{enumeration}.{member(value)}", member(value)) for value in field.values]
            return Sample(*members[0]), Sample(*members[-1])
        case _:
            return Sample(*_FIXED[field.kind][0]), Sample(*_FIXED[field.kind][1])


_FIXED: Final[dict[Kind, tuple[tuple[str, Any], tuple[str, Any]]]] = {
    Kind.BOOL: (("True", True), ("False", False)),
    Kind.DATE: (("date(2024, 2, 29)", "2024-02-29"), ("date(1973, 3, 28)", "1973-03-28")),
    Kind.DATETIME: (
        ("datetime(2024, 2, 29, 12, 30, tzinfo=UTC)", "2024-02-29T12:30:00+00:00"),
        ("datetime(1973, 3, 28, tzinfo=UTC)", "1973-03-28T00:00:00+00:00"),
    ),
    Kind.UUID: (
        ('UUID("0f8fad5b-d9cb-469f-a165-70867728950e")', "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ('UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")', "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    ),
    Kind.JSON: (('Json.of({"key": "value"})', {"key": "value"}), ('Json.of(["other"])', ["other"])),
    Kind.REF: (("new_id()", ""), ("new_id()", "")),
}


def broken(field: FieldWanted) -> list[Broken]:
    """Give values that break each rule that the field has."""
    low, high = bounds(field) if field.kind in {Kind.INT, Kind.DECIMAL, Kind.FLOAT} else (None, None)
    match field.kind:
        case Kind.STR:
            short = [Broken(repr("x" * (int(field.minimum) - 1)), "TOO_SHORT")] if field.minimum else []
            return [
                *short,
                *([Broken(f'"x" * {int(field.maximum) + 1}', "TOO_LONG")] if field.maximum is not None else []),
            ]
        case Kind.LIST:
            short = [Broken(f'("x",) * {int(field.minimum) - 1}', "TOO_SHORT")] if field.minimum else []
            return [
                *short,
                *([Broken(f'("x",) * {int(field.maximum) + 1}', "TOO_LONG")] if field.maximum is not None else []),
            ]
        case Kind.INT if low is not None and high is not None:
            return [Broken(f"{int(low) - 1:_}", "TOO_SMALL"), Broken(f"{int(high) + 1:_}", "TOO_LARGE")]
        case Kind.DECIMAL if low is not None and high is not None:
            finer = low + _PLACE.scaleb(-field.places - 1)
            precise = [Broken(written(finer), "TOO_PRECISE")] if finer < high else []
            return [
                Broken(written(low - 1), "TOO_SMALL"),
                Broken(written(high + 1), "TOO_LARGE"),
                *precise,
            ]
        case Kind.FLOAT:
            return [
                *([Broken(repr(float(low) - 1), "TOO_SMALL")] if low is not None else []),
                *([Broken(repr(float(high) + 1), "TOO_LARGE")] if high is not None else []),
            ]
        case _:
            return []


def bounds(field: FieldWanted) -> tuple[Decimal | None, Decimal | None]:
    """Tell between what the numbers of a field lie: those of a float wherever it says nothing."""
    if field.kind is Kind.FLOAT:
        return field.minimum, field.maximum
    if field.kind is Kind.DECIMAL:
        limit = Decimal(10) ** (precision(field) - field.places) - _PLACE.scaleb(-field.places)
        least, most = -limit, limit
    else:
        least, most = map(Decimal, INT32)
    return least if field.minimum is None else field.minimum, most if field.maximum is None else field.maximum


def precision(field: FieldWanted) -> int:
    """Tell how many digits a decimal has room for."""
    return max(12, needed(field)) if field.digits is None else field.digits


def needed(field: FieldWanted) -> int:
    """Tell how many digits the range of a decimal takes."""
    given = [abs(one) for one in (field.minimum, field.maximum) if one is not None]
    before_the_point = max((len(str(int(one))) for one in given), default=1)
    return before_the_point + field.places


def written(value: Decimal) -> str:
    """Write a decimal as Python does, all of its places included."""
    text = f"{value:f}"
    return f'Decimal("{text}")' if "." in text else f"Decimal({int(value):_})"


def member(value: str) -> str:
    """Name the member of an enumeration that has a value."""
    name = "".join(character if character.isascii() and character.isalnum() else "_" for character in value).upper()
    name = "_".join(part for part in name.split("_") if part) or "EMPTY"
    return f"V_{name}" if name[0].isdigit() else name


def _text(field: FieldWanted, wanted: str) -> str:
    low, high = int(field.minimum or 0), None if field.maximum is None else int(field.maximum)
    text = wanted or words(field.name).capitalize()
    text = text[:high].strip() if high is not None else text
    return text.ljust(low, "x")


def _numbers(field: FieldWanted, first: str, second: str) -> tuple[Decimal, Decimal]:
    """Give the example, where there is one, and another number."""
    given = Decimal(field.example or first)
    return given, Decimal(first if given == Decimal(second) else second)


def _between(value: Any, low: Any, high: Any) -> Any:
    if low is not None and value < low:
        value = low + value if high is None or low + value <= high else low
    return high if high is not None and value > high else value


def _of_text(text: str) -> Sample:
    return Sample(repr(text), text)


def _of_int(value: Any) -> Sample:
    return Sample(f"{int(value):_}", int(value))


def _of_decimal(field: FieldWanted, value: Decimal) -> Sample:
    fitting = _between(value, *bounds(field)).quantize(_PLACE.scaleb(-field.places))
    low, high = bounds(field)
    fitting = high if high is not None and fitting > high else low if low is not None and fitting < low else fitting
    return Sample(written(fitting), f"{fitting:f}")


def _of_float(field: FieldWanted, value: float) -> Sample:
    low, high = (None if one is None else float(one) for one in bounds(field))
    fitting = float(_between(value, low, high))
    return Sample(repr(fitting), fitting)


def _of_list(field: FieldWanted, text: str) -> Sample:
    number = int(_between(2, field.minimum, field.maximum))
    members = [f"{text} {place}" for place in range(1, number + 1)]
    return Sample(repr(tuple(members)), members)
