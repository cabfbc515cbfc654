import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest

from domain.kernel.description import Field
from domain.kernel.errors import ValidationFailed, Violation
from domain.kernel.identity import new_id
from domain.kernel.omitted import OMITTED, Omitted
from domain.kernel.validation import (
    EMAIL,
    DecimalPlaces,
    Distinct,
    Length,
    Pattern,
    Range,
    find_violations,
    type_fault,
    validate,
)
from tests.unit.domain.specimens import Mood


@dataclass
class Order:
    customer: Annotated[str, Field("Who orders.", Length(2, 5), Pattern(re.compile("[a-z]+"), "in small letters"))]
    amount: Annotated[Decimal, Field("How much.", Range(1, Decimal("9.5")), DecimalPlaces(1))]
    items: Annotated[Sequence[UUID], Field("What.", Length(1, 3), Distinct())]
    due: Annotated[datetime | None, Field("When.")] = None
    note: Annotated[str, Field("Anything else.", Length(1))] | Omitted | None = OMITTED
    undescribed: Any = None


def order(**values: Any) -> Order:
    return Order(**{"customer": "ada", "amount": Decimal(1), "items": [new_id()], **values})


def codes(**values: Any) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in find_violations(order(**values))]


def test_a_good_object_is_valid() -> None:
    validate(order())
    validate(order(due=datetime.now(UTC), note="Ring twice.", undescribed=object()))


def test_every_broken_rule_of_every_field_is_listed_at_once() -> None:
    id = new_id()

    assert codes(customer="A", amount=Decimal("0.25"), items=[id, id, id, id], due=datetime(2024, 1, 1), note="") == [  # noqa: DTZ001
        ("customer", "TOO_SHORT"),
        ("customer", "MALFORMED"),
        ("amount", "TOO_SMALL"),
        ("amount", "TOO_PRECISE"),
        ("items", "TOO_LONG"),
        ("items", "REPEATED"),
        ("due", "NO_TIME_ZONE"),
        ("note", "TOO_SHORT"),
    ]


def test_validation_fails_with_all_that_is_wrong_in_one_sentence() -> None:
    with pytest.raises(ValidationFailed) as caught:
        validate(order(customer="A", amount=None))

    assert caught.value.violations == [
        Violation("customer", "TOO_SHORT", "needs at least 2 characters"),
        Violation("customer", "MALFORMED", "must be in small letters"),
        Violation("amount", "REQUIRED", "is required"),
    ]
    assert str(caught.value) == (
        "The input is not valid: customer: needs at least 2 characters; "
        "customer: must be in small letters; amount: is required"
    )


def test_an_absent_value_is_only_good_where_a_field_may_be_absent() -> None:
    assert codes(customer=None, amount=None, items=None) == [
        ("customer", "REQUIRED"),
        ("amount", "REQUIRED"),
        ("items", "REQUIRED"),
    ]
    assert codes(due=None, note=None) == []


def test_what_was_left_out_breaks_no_rule() -> None:
    assert codes(note=OMITTED) == []


@pytest.mark.parametrize("items", ["abc", 7, {new_id()}, iter([]), {"a": 1}], ids=lambda one: type(one).__name__)
def test_a_list_is_a_sequence_and_no_text(items: object) -> None:
    assert [*find_violations(order(items=items))] == [Violation("items", "WRONG_TYPE", "must be a list")]


def test_a_wrong_member_is_named_by_its_place() -> None:
    assert [*find_violations(order(items=[new_id(), "a", None]))] == [
        Violation("items.1", "WRONG_TYPE", "must be UUID, not str"),
        Violation("items.2", "WRONG_TYPE", "must be UUID, not NoneType"),
    ]


def test_a_tuple_is_a_list_too() -> None:
    assert codes(items=(new_id(),)) == []


@pytest.mark.parametrize(
    ("value", "expected", "fault"),
    [
        (True, int, "must be int, not bool"),
        (1, bool, "must be bool, not int"),
        (datetime(2024, 1, 1, tzinfo=UTC), date, "must be date, not datetime"),
        (date(2024, 1, 1), datetime, "must be datetime, not date"),
        (1, Decimal, "must be Decimal, not int"),
        (1.0, Decimal, "must be Decimal, not float"),
        (1, float, "must be float, not int"),
        (1, str, "must be str, not int"),
        (b"a", str, "must be str, not bytes"),
        ("calm", Mood, "must be Mood, not str"),
        ("00000000-0000-0000-0000-000000000001", UUID, "must be UUID, not str"),
    ],
    ids=str,
)
def test_a_value_of_another_type_is_refused_whatever_python_says(value: object, expected: type, fault: str) -> None:
    assert type_fault(value, expected) == ("WRONG_TYPE", fault)


@pytest.mark.parametrize("text", ["\0", "a\0b", "a\ud800", chr(0xDFFF)], ids=ascii)
def test_text_that_no_database_stores_is_refused(text: str) -> None:
    assert type_fault(text, str) == ("UNSTORABLE_TEXT", "holds a NUL or a lone surrogate, which no database stores")


@pytest.mark.parametrize("text", ["", "\x01", "𝄞", "\ue000", "\uffff", "\u202e"], ids=ascii)
def test_any_other_text_is_stored(text: str) -> None:
    assert type_fault(text, str) is None


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2024, 1, 1), "NO_TIME_ZONE"),  # noqa: DTZ001  # without a zone on purpose
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), "OUT_OF_RANGE"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), "OUT_OF_RANGE"),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), None),
        (datetime(1, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), None),
    ],
    ids=str,
)
def test_a_moment_has_a_zone_and_can_be_told_in_utc(moment: datetime, code: str | None) -> None:
    fault = type_fault(moment, datetime)

    assert (fault and fault[0]) == code


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"), float("-inf")])
def test_a_number_is_finite(value: Decimal | float) -> None:
    assert type_fault(value, type(value)) == ("NOT_FINITE", "must be a finite number")


@pytest.mark.parametrize("text", ["a@b.c", "a.b+c@d-e.co.uk", "ада@пример.рф"])
def test_an_address_for_mail_has_two_parts_and_a_domain(text: str) -> None:
    assert EMAIL.check(text) is None


@pytest.mark.parametrize("text", ["", "a", "@b.c", "a@b", "a@.c", "a@b.", "a@b..c", "a b@c.d", "a@b@c.d", "a@b.c\n"])
def test_what_is_no_address_for_mail_is_refused(text: str) -> None:
    assert EMAIL.check(text) == ("MALFORMED", "must be an e-mail address, such as ada@example.com")


def test_a_pattern_matches_the_whole_text() -> None:
    small = Pattern(re.compile("[a-z]"), "a small letter")

    assert small.check("a") is None
    assert small.check("ab") == small.check("1a") == small.check("a\n") == ("MALFORMED", "must be a small letter")
