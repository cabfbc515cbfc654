"""Rules for the values of fields, and the check that collects every violation."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.errors import ValidationFailed, Violation
from domain.kernel.json_value import INT64, UNSTORABLE_TEXT
from domain.kernel.omitted import OMITTED
from domain.kernel.validity import validity_of


@dataclass(frozen=True, slots=True)
class Length:
    """The number of characters of a text, or of members of a sequence."""

    minimum: int = 0
    maximum: int | None = None

    def check(self, value: Any) -> tuple[str, str] | None:
        """Refuse what is too short (blank text counts as empty) or too long."""
        if len(value.strip() if isinstance(value, str) else value) < self.minimum:
            return "TOO_SHORT", f"needs at least {_counted(self.minimum, value)}"
        if self.maximum is not None and len(value) > self.maximum:
            return "TOO_LONG", f"has {_counted(len(value), value)}, at most {self.maximum} are allowed"
        return None

    def condition(self, name: str, *, many: bool) -> str:
        """Write that a text, or a sequence of many, has that length."""
        counted = name if many else f"{name}.strip()"
        most = "" if self.maximum is None else f" and len({name}) <= {self.maximum}"
        return f"len({counted}) >= {self.minimum}{most}"


def _counted(number: int, value: object) -> str:
    unit = "character" if isinstance(value, str) else "item"
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds of a number."""

    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None

    def check(self, value: Any) -> tuple[str, str] | None:
        """Refuse what lies outside."""
        if self.minimum is not None and value < self.minimum:
            return "TOO_SMALL", f"must be at least {self.minimum}"
        if self.maximum is not None and value > self.maximum:
            return "TOO_LARGE", f"must be at most {self.maximum}"
        return None


@dataclass(frozen=True, slots=True)
class DecimalPlaces:
    """The most digits that may stand after the decimal point."""

    maximum: int

    def check(self, value: Any) -> tuple[str, str] | None:
        """Refuse a finer value rather than round it."""
        # Looked up in the digits: rounding raises where the result has more digits than the decimal context.
        _, digits, exponent = Decimal(value).as_tuple()
        finer = -int(exponent) - self.maximum
        if finer > 0 and any(digits[-finer:]):
            return "TOO_PRECISE", f"may have at most {self.maximum} decimal places"
        return None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that the whole text must match."""

    expression: re.Pattern[str]
    meaning: str

    def check(self, value: Any) -> tuple[str, str] | None:
        """Refuse a text of another form."""
        return None if self.expression.fullmatch(value) else ("MALFORMED", f"must be {self.meaning}")


@dataclass(frozen=True, slots=True)
class Distinct:
    """No member of a sequence stands in it twice."""

    def check(self, value: Any) -> tuple[str, str] | None:
        """Refuse a sequence with a repeated member."""
        return None if len(set(value)) == len(value) else ("REPEATED", "may not name the same thing twice")


EMAIL = Pattern(re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+"), "an e-mail address, such as ada@example.com")


def has_rules(owner: type) -> bool:
    """Tell whether there is anything to check in instances of a class."""
    return bool(describe_fields(owner))


def validate(instance: object) -> None:
    """Check every described field of a dataclass instance; raise ValidationFailed with all that is wrong."""
    if validity_of(type(instance))(instance):
        return
    violations = list(find_violations(instance))
    if violations:
        raise ValidationFailed(violations)


def find_violations(instance: object) -> Iterator[Violation]:
    """Yield each broken rule. A value of the wrong type or absent breaks that one rule only."""
    for field in describe_fields(type(instance)).values():
        value = getattr(instance, field.name)
        if value is OMITTED:
            continue
        if value is None:
            if not field.nullable:
                yield Violation(field.name, "REQUIRED", "is required")
            continue
        yield from _check_type(field, value) or _check_rules(field, value)


def _check_type(field: FieldDescription, value: object) -> list[Violation]:
    if not field.many:
        return [Violation(field.name, *fault)] if (fault := type_fault(value, field.type)) else []
    if isinstance(value, str) or not isinstance(value, Sequence):
        return [Violation(field.name, "WRONG_TYPE", "must be a list")]
    faults = ((index, type_fault(member, field.type)) for index, member in enumerate(value))
    return [Violation(f"{field.name}.{index}", *fault) for index, fault in faults if fault]


def _check_rules(field: FieldDescription, value: object) -> Iterator[Violation]:
    yield from (Violation(field.name, *fault) for rule in field.rules if (fault := rule.check(value)))


def type_fault(value: object, expected: type) -> tuple[str, str] | None:
    """Say why a value is not one that a field of this type can hold in any of the stores, or None."""
    if not _is_exactly(value, expected):
        return "WRONG_TYPE", f"must be {expected.__name__}, not {type(value).__name__}"
    match value:
        case str() if UNSTORABLE_TEXT.search(value):
            return "UNSTORABLE_TEXT", "holds a NUL or a lone surrogate, which no database stores"
        case Decimal() | float() if not _is_finite(value):
            return "NOT_FINITE", "must be a finite number"
        case int() if value not in INT64:
            return "TOO_LARGE", "must fit in 64 bits"
        case datetime() if value.tzinfo is None:
            return "NO_TIME_ZONE", "must carry a time zone"
        case datetime() if not _has_utc(value):
            return "OUT_OF_RANGE", "must lie between the years 1 and 9999 in UTC"
    return None


def _is_finite(value: Decimal | float) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def _has_utc(moment: datetime) -> bool:
    """Tell whether the moment can be told in UTC: in a zone far from it the first and the last day cannot."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _is_exactly(value: object, expected: type) -> bool:
    """Tell whether a value is of the type itself: True is no int, and a datetime no date, though Python says so."""
    if isinstance(value, bool) or expected is bool:
        return isinstance(value, bool) and expected is bool
    if isinstance(value, datetime):
        return expected is datetime
    return isinstance(value, expected)
