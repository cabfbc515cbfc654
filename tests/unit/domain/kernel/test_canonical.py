import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from functools import reduce
from types import FrameType
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    Count,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    and_,
    canonical,
    not_,
    or_,
    printed,
    where,
)
from tests.unit.domain.specimens import Mood

Op = ComparisonOperator
A, B, C = (where("number", Op.GT, number) for number in (1, 2, 3))
NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


def some(part: Specification) -> Specification:
    return RelationSpecification("children", Quantifier.SOME, part)


def none(part: Specification) -> Specification:
    return RelationSpecification("children", Quantifier.NONE, part)


def every(part: Specification) -> Specification:
    return RelationSpecification("children", Quantifier.EVERY, part)


def one(part: Specification) -> Specification:
    return RelationSpecification("parent", Quantifier.ONE, part)


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        (and_(B, A), and_(A, B)),
        (and_(A, and_(B, C)), and_(A, B, C)),
        (or_(or_(C, B), or_(A)), or_(A, B, C)),
        (and_(A, or_(B), A), and_(A, B)),
        (and_(A), A),
        (or_(A, A), A),
        (and_(C, or_(and_(A, B), and_(B, A))), and_(A, B, C)),
        (and_(or_(A, B), or_(B, A)), or_(A, B)),
        (and_(A, EVERYTHING), A),
        (or_(A, NOTHING), A),
        (and_(A, NOTHING, B), NOTHING),
        (or_(A, or_(B, EVERYTHING)), EVERYTHING),
        (and_(and_(), and_(and_())), EVERYTHING),
        (not_(EVERYTHING), NOTHING),
        (not_(NOTHING), EVERYTHING),
        (not_(not_(A)), A),
        (not_(and_(A, not_(B))), or_(not_(A), B)),
        (not_(or_(not_(A), not_(B))), and_(A, B)),
    ],
    ids=str,
)
def test_connectives_are_flat_sorted_and_not_negated(specification: Specification, expected: Specification) -> None:
    assert canonical(specification) == expected


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        (not_(where("number", Op.EQ, 1)), where("number", Op.NE, 1)),
        (not_(where("number", Op.NE, 1)), where("number", Op.EQ, 1)),
        (not_(where("number", Op.IS_NULL, True)), where("number", Op.IS_NULL, False)),
        (not_(where("number", Op.IS_NULL, False)), where("number", Op.IS_NULL, True)),
        # Of an absent value neither is true.
        (not_(where("number", Op.GT, 1)), not_(where("number", Op.GT, 1))),
        (where("number", Op.IN, ()), NOTHING),
        (not_(where("number", Op.IN, ())), EVERYTHING),
        (where("number", Op.IN, (1, 1)), where("number", Op.EQ, 1)),
        (not_(where("number", Op.IN, (1,))), where("number", Op.NE, 1)),
        (where("number", Op.IN, (3, 1, 3, 2)), where("number", Op.IN, (1, 2, 3))),
        (where("mood", Op.IN, (Mood.LOUD, Mood.CALM)), where("mood", Op.IN, (Mood.CALM, Mood.LOUD))),
        (where("number", Op.BETWEEN, (1, 2)), where("number", Op.BETWEEN, (1, 2))),
        (where("number", Op.BETWEEN, (1, 1)), where("number", Op.EQ, 1)),
        (not_(where("number", Op.BETWEEN, (1, 1))), where("number", Op.NE, 1)),
        (where("number", Op.BETWEEN, (2, 1)), NOTHING),
        (not_(where("number", Op.BETWEEN, (2, 1))), EVERYTHING),
        (where(Count("children"), Op.IN, (1,)), where(Count("children"), Op.EQ, 1)),
        (not_(where(Through("parent", "number"), Op.EQ, 1)), where(Through("parent", "number"), Op.NE, 1)),
    ],
    ids=str,
)
def test_a_comparison_is_written_in_the_plainest_way(specification: Specification, expected: Specification) -> None:
    assert canonical(specification) == expected


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        (not_(some(A)), none(A)),
        (not_(none(A)), some(A)),
        (every(A), none(not_(A))),
        (every(not_(A)), none(A)),
        (not_(every(A)), some(not_(A))),
        (some(and_(B, A)), some(and_(A, B))),
        (some(NOTHING), NOTHING),
        (none(NOTHING), EVERYTHING),
        (every(EVERYTHING), EVERYTHING),
        (one(NOTHING), NOTHING),
        (not_(one(NOTHING)), EVERYTHING),
        # Whether there are any, or there is one, is a statement of its own.
        (some(EVERYTHING), some(EVERYTHING)),
        (every(NOTHING), none(EVERYTHING)),
        (one(EVERYTHING), one(EVERYTHING)),
        (not_(one(A)), not_(one(A))),
        (one(not_(where("number", Op.EQ, 1))), one(where("number", Op.NE, 1))),
    ],
    ids=str,
)
def test_relations_are_asked_for_some_none_or_one(specification: Specification, expected: Specification) -> None:
    assert canonical(specification) == expected


def test_the_opposite_of_one_is_not_one_of_the_opposite() -> None:
    """Where there is no relative, the first is true and the second is not."""
    assert canonical(not_(one(A))) != canonical(one(not_(A)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "1.0", "1.00", "1E+0", "0.1E+1"], "1"),
        (["0", "-0", "-0.00", "0E+9", "0E-9", "0E-999999999", "0E+999999999"], "0"),
        (["10", "1E+1", "1.0E+1", "10.0"], "10"),
        (["-0.5", "-0.50", "-5E-1"], "-0.5"),
        (["9" * 38 + "." + "9" * 37 + "0", "9" * 38 + "." + "9" * 37], "9" * 38 + "." + "9" * 37),
    ],
    ids=["one", "zero", "ten", "negative", "many digits"],
)
def test_equal_numbers_share_a_form_whatever_the_decimal_context(values: list[str], expected: str) -> None:
    with localcontext(prec=3):
        forms = {repr(canonical(where("amount", Op.LT, Decimal(value)))) for value in values}
        together = canonical(where("amount", Op.IN, tuple(map(Decimal, values))))

    assert forms == {repr(where("amount", Op.LT, Decimal(expected)))}
    assert repr(together) == repr(where("amount", Op.EQ, Decimal(expected)))


def test_an_inexact_zero_has_no_sign() -> None:
    assert repr(canonical(where("ratio", Op.EQ, -0.0))) == repr(where("ratio", Op.EQ, 0.0))


def test_one_moment_has_one_form_in_every_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert repr(canonical(where("moment", Op.GE, elsewhere))) == repr(where("moment", Op.GE, NOON))
    assert canonical(where("moment", Op.BETWEEN, (NOON, elsewhere))) == where("moment", Op.EQ, NOON)
    assert canonical(where("moment", Op.IN, (NOON, elsewhere))) == where("moment", Op.EQ, NOON)


def test_values_of_any_types_have_an_order() -> None:
    parts = [
        where("flag", Op.EQ, True),
        where("number", Op.EQ, 1),
        where("text", Op.EQ, "1"),
        where("amount", Op.EQ, Decimal(1)),
        where("parent_id", Op.EQ, UUID(int=1)),
        where("mood", Op.EQ, Mood.CALM),
        where("moment", Op.EQ, NOON),
        where("day", Op.EQ, NOON.date()),
        where(Count("children"), Op.EQ, 1),
        where(Through("parent", "number"), Op.EQ, 1),
        one(A),
        some(B),
        not_(C),
        or_(A, B),
    ]

    assert canonical(and_(*parts)) == canonical(and_(*reversed(parts)))


def test_a_comparison_in_canonical_form_is_taken_over_as_it_is() -> None:
    assert canonical(A) is A


def test_a_value_that_no_field_has_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="No field is compared with None; bind the specification to its entity"):
        canonical(where("number", Op.EQ, None))


def steps(work: Callable[[], object]) -> int:
    """Count the lines that are carried out."""
    count = 0

    def trace(_: FrameType, event: str, __: object) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def wide(size: int) -> Specification:
    return or_(*(and_(where("number", Op.EQ, number), where("text", Op.EQ, "a")) for number in range(size)))


def deep(size: int, surround: Callable[[Specification, int], Specification]) -> Specification:
    innermost: Specification = A
    return reduce(surround, range(size), innermost)


def chained(size: int) -> Specification:
    return deep(size, lambda inner, number: inner & where("number", Op.NE, number))


def alternating(size: int) -> Specification:
    return deep(size, lambda inner, number: and_(or_(inner, B), where("number", Op.NE, number)))


def negated(size: int) -> Specification:
    return deep(size, lambda inner, _: not_(inner))


def related(size: int) -> Specification:
    return deep(size, lambda inner, number: every(inner | where("number", Op.EQ, number)))


def listed(size: int) -> Specification:
    return where("number", Op.IN, tuple(range(size)))


@pytest.mark.parametrize("shape", [wide, chained, alternating, negated, related, listed])
def test_the_time_grows_with_the_size(shape: Callable[[int], Specification]) -> None:
    small, large = shape(50), shape(100)

    assert steps(lambda: printed(canonical(large))) < 2.2 * steps(lambda: printed(canonical(small)))


@pytest.mark.parametrize("shape", [alternating, negated, related])
def test_recursion_goes_as_deep_as_the_tree(shape: Callable[[int], Specification]) -> None:
    form = canonical(shape(100))

    assert canonical(form) == form
