"""Rules are exact at their bounds and for every number, and a value of the wrong type breaks that rule alone."""

from dataclasses import dataclass, make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain.kernel.description import Field
from domain.kernel.errors import ValidationFailed
from domain.kernel.omitted import OMITTED
from domain.kernel.validation import (
    DecimalPlaces,
    Distinct,
    Length,
    Range,
    find_violations,
    type_fault,
    validate,
)
from domain.kernel.validity import validity_of
from tests.unit.domain.specimens import Mood

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False) | st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(), st.integers(-60, 60)
)


@given(DECIMALS, st.integers(0, 30))
@example(Decimal("1E+30"), 2)  # more digits than the decimal context rounds to
@example(Decimal("1E-999999999"), 2)
@example(Decimal("9E+999999"), 2)
@example(Decimal("1.10"), 1)
@example(Decimal("0.00"), 0)
@example(Decimal(100), 0)
def test_decimal_places_are_counted_without_trailing_zeros(value: Decimal, places: int) -> None:
    # As a fraction, value * 10 ** places is whole exactly if nothing stands beyond; huge exponents need no arithmetic.
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    fits = not any(digits) or exponent >= 0 or (exponent > -2_000 and (Fraction(value) * 10**places).denominator == 1)

    assert (DecimalPlaces(places).check(value) is None) is fits


@given(st.integers(-5, 5), st.none() | st.integers(-5, 5), st.none() | st.integers(-5, 5))
def test_a_range_includes_its_bounds(value: int, minimum: int | None, maximum: int | None) -> None:
    fault = Range(minimum, maximum).check(value)

    if minimum is not None and value < minimum:
        assert fault == ("TOO_SMALL", f"must be at least {minimum}")
    elif maximum is not None and value > maximum:
        assert fault == ("TOO_LARGE", f"must be at most {maximum}")
    else:
        assert fault is None


def _characters(number: int) -> str:
    return "1 character" if number == 1 else f"{number} characters"


@given(st.text(), st.integers(0, 4), st.none() | st.integers(0, 4))
@example(" \t\n", 1, None)
@example(" a ", 1, 2)
@example("𝄞", 1, 1)
def test_a_length_counts_characters_and_blanks_are_not_enough(text: str, minimum: int, maximum: int | None) -> None:
    fault = Length(minimum, maximum).check(text)

    if len(text.strip()) < minimum:
        assert fault == ("TOO_SHORT", f"needs at least {_characters(minimum)}")
    elif maximum is not None and len(text) > maximum:
        assert fault == ("TOO_LONG", f"has {_characters(len(text))}, at most {maximum} are allowed")
    else:
        assert fault is None


def test_a_length_has_no_bounds_unless_said() -> None:
    assert Length().check("") is None
    assert Length().check([]) is None
    assert Length().check("x" * 100_000) is None


@given(st.lists(st.integers(0, 5), max_size=5))
def test_members_are_distinct_if_none_comes_twice(members: list[int]) -> None:
    repeated = any(members.count(one) > 1 for one in members)

    assert (Distinct().check(members) is not None) is repeated


VALUES = {
    str: st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    int: st.integers(-(2**63), 2**63 - 1),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(datetime(1, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the zone is added
    date: st.dates(),
    bool: st.booleans(),
    Mood: st.sampled_from(Mood),
    UUID: st.uuids(),
}


@given(st.data())
def test_a_value_is_of_its_own_type_and_no_other(data: st.DataObject) -> None:
    """Though Python says that True is an int and a datetime a date."""
    kind = data.draw(st.sampled_from(list(VALUES)))
    value = data.draw(VALUES[kind])

    for other in VALUES:
        fault = type_fault(value, other)
        expected = None if other is kind else ("WRONG_TYPE", f"must be {other.__name__}, not {type(value).__name__}")
        assert fault == expected


@given(st.text(), st.sampled_from([*"\0\ud800\udfff"]), st.text())
def test_text_that_no_database_stores_is_refused_wherever_it_stands(before: str, bad: str, after: str) -> None:
    fault = type_fault(before + bad + after, str)

    assert fault is not None
    assert fault[0] == "UNSTORABLE_TEXT"


@given(st.integers() | st.builds(int.__add__, st.sampled_from([-(2**63), 2**63]), st.integers(-2, 2)))
@example(2**63)
@example(2**63 - 1)
@example(-(2**63))
@example(-(2**63) - 1)
def test_an_integer_fits_in_64_bits_or_is_refused(value: int) -> None:
    assert (type_fault(value, int) is None) is (-(2**63) <= value < 2**63)


@given(st.decimals(), st.floats())
@example(Decimal("sNaN"), float("nan"))
@example(Decimal("1E+400"), float("inf"))
def test_a_number_is_finite_or_refused(decimal: Decimal, inexact: float) -> None:
    assert (type_fault(decimal, Decimal) is None) is decimal.is_finite()
    assert (type_fault(inexact, float) is None) is (inexact - inexact == 0)


@dataclass
class Form:
    name: Annotated[str, Field("A name.", Length(2, 3))]
    price: Annotated[Decimal, Field("A price.", Range(0, 10), DecimalPlaces(2))]
    numbers: Annotated[list[int], Field("Numbers.", Length(1, 3), Distinct())]
    comment: Annotated[str | None, Field("A comment.", Length(1))]


ANYTHING: dict[str, st.SearchStrategy[Any]] = {
    "name": st.none() | st.text(max_size=5) | st.integers(),
    "price": st.none()
    | st.decimals()
    | st.sampled_from([Decimal("0.999"), Decimal(11), Decimal("-0.001")])
    | st.floats(),
    "numbers": st.none() | st.text(max_size=2) | st.lists(st.integers(0, 3) | st.text(max_size=1), max_size=5),
    "comment": st.none() | st.text(max_size=2) | st.booleans(),
}
GOOD: dict[str, Any] = {"name": "abc", "price": Decimal("0.99"), "numbers": [1], "comment": None}


@given(st.fixed_dictionaries(ANYTHING))
@example({**GOOD, "price": Decimal("1E+30")})
def test_the_violations_of_a_whole_are_those_of_its_parts(values: dict[str, Any]) -> None:
    """Every violation is there at once, and whether one field is good does not depend on the others."""
    together = list(find_violations(Form(**values)))
    apart = [found for name in GOOD for found in find_violations(Form(**{**GOOD, name: values[name]}))]

    assert together == apart


@given(st.fixed_dictionaries(ANYTHING))
def test_validation_fails_with_what_is_found_or_not_at_all(values: dict[str, Any]) -> None:
    form = Form(**values)
    found = list(find_violations(form))
    try:
        validate(form)
    except ValidationFailed as error:
        failed = error
    else:
        assert found == []
        return

    assert found
    assert failed.violations == found
    assert all(one.field in failed.message and one.message in failed.message for one in found)


@given(st.sampled_from(list(VALUES)), st.booleans(), st.booleans(), st.data())
def test_what_is_known_to_be_in_order_breaks_no_rule_and_most_is_known(
    kind: Any, nullable: bool, many: bool, data: st.DataObject
) -> None:
    plain: Any = list[kind] if many else kind
    hint: Any = Annotated[
        plain | None if nullable else plain, Field("A value.", *([Length(1, 2)] if many or kind is str else []))
    ]
    holder = make_dataclass("Holder", [("value", hint)])
    of_any = st.one_of(
        *VALUES.values(), st.none(), st.just(OMITTED), st.text(), st.integers(), st.decimals(), st.floats()
    )
    good = st.lists(VALUES[kind], min_size=1, max_size=3) if many else VALUES[kind]
    held = holder(data.draw(good | (st.lists(of_any, max_size=3).map(tuple) if many else of_any)))

    assert validity_of(holder)(held) is (not list(find_violations(held)))


@given(st.fixed_dictionaries(ANYTHING))
def test_a_value_of_the_wrong_type_breaks_that_rule_alone(values: dict[str, Any]) -> None:
    violations = list(find_violations(Form(**values)))
    mistyped = {one.field.split(".")[0] for one in violations if one.code == "WRONG_TYPE"}
    assume(mistyped)

    for field in mistyped:
        assert {one.code for one in violations if one.field.split(".")[0] == field} == {"WRONG_TYPE"}
