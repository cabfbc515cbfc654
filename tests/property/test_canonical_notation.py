"""A specification is restored from its notation, and no other one has the same."""

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    MalformedNotation,
    Quantifier,
    RelationSpecification,
    Specification,
    bind,
    canonical,
    parsed,
    printed,
    where,
)
from tests.unit.domain.specimens import FIELDS, SPECIMEN, VALUES, operands, resolve, specifications, suitable

Op = ComparisonOperator
SPECIFICATIONS = specifications()
TEXTS = SPECIFICATIONS.map(canonical).map(printed)


@given(SPECIFICATIONS)
@example(EVERYTHING)
@example(NOTHING)
@example(RelationSpecification("children", Quantifier.NONE, EVERYTHING))
def test_a_canonical_form_is_restored_from_its_notation(specification: Specification) -> None:
    form = canonical(specification)
    restored = parsed(printed(form), SPECIMEN, resolve)

    assert restored == form
    assert repr(restored) == repr(form)


@given(SPECIFICATIONS)
def test_what_is_not_canonical_is_restored_too(specification: Specification) -> None:
    assert parsed(printed(specification), SPECIMEN, resolve) == specification


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
@example('\u2028\x7f\x85\ufeff\U0010ffff"\\/\n\t\x01')
def test_any_text_is_restored(text: str) -> None:
    comparison = where("text", Op.EQ, text)

    assert parsed(printed(comparison), SPECIMEN, resolve) == comparison
    assert "\n" not in printed(comparison)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_inexact_number_is_restored(number: float) -> None:
    comparison = canonical(where("ratio", Op.LT, number))

    assert repr(parsed(printed(comparison), SPECIMEN, resolve)) == repr(comparison)


@given(st.decimals(-(10**37), 10**37, places=38) | st.decimals(-(10**38) + 1, 10**38 - 1, places=0))
def test_any_exact_number_is_restored(number: Any) -> None:
    comparison = canonical(where("amount", Op.LT, number))

    assert repr(parsed(printed(comparison), SPECIMEN, resolve)) == repr(comparison)
    assert comparison == where("amount", Op.LT, number)


@given(st.lists(SPECIFICATIONS, min_size=2, max_size=6))
def test_different_canonical_forms_have_different_notations(several: list[Specification]) -> None:
    for one, other in combinations(map(canonical, several), 2):
        assert (printed(one) == printed(other)) is (one == other)


@given(st.data(), operands(), st.sampled_from(Op), st.sampled_from(Op))
def test_neighbours_have_different_notations(
    data: st.DataObject, operand: tuple[Any, type], operator: ComparisonOperator, other_operator: ComparisonOperator
) -> None:
    """Comparisons that share what is compared are the ones to be confused."""
    field, kind = operand
    if {operator, other_operator} <= set(suitable(kind)) - {Op.IN, Op.BETWEEN, Op.IS_NULL, Op.LIKE}:
        one, other = (canonical(where(field, how, data.draw(VALUES[kind]))) for how in (operator, other_operator))
        assert (printed(one) == printed(other)) is (one == other)


@given(SPECIFICATIONS)
def test_a_notation_is_one_line_of_json(specification: Specification) -> None:
    text = printed(canonical(specification))

    assert json.loads(text) is not None
    assert text.isprintable()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["and", "or", "not", "parent", "children", "#children", "parent.text", *FIELDS])
    | st.sampled_from([one.value for one in (*Op, *Quantifier)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=1),
    max_leaves=8,
)


@given(JSON)
def test_other_json_is_refused_or_is_a_specification(content: Any) -> None:
    assert_refused_or_bound(json.dumps(content))


@given(
    st.sampled_from([*FIELDS, "parent.text", "#children", "#parent", "uncle", "id"]),
    st.sampled_from([one.value for one in (*Op, *Quantifier)]),
    JSON,
)
def test_a_comparison_with_anything_is_refused_or_bound(name: str, word: str, content: Any) -> None:
    assert_refused_or_bound(json.dumps([name, word, content]))


@given(TEXTS, st.data())
def test_a_damaged_notation_is_refused_or_is_a_specification(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    put = data.draw(st.text(st.sampled_from('[]{}",.:-#\\0123eEtrufalsn'), max_size=2))

    assert_refused_or_bound(text[:start] + put + text[end:])


def assert_refused_or_bound(text: str) -> None:
    fault = refusal(text)
    if fault is None:
        restored = parsed(text, SPECIMEN, resolve)
        assert bind(restored, SPECIMEN, resolve) == restored
        assert parsed(printed(restored), SPECIMEN, resolve) == restored
    else:
        assert fault.endswith(".")
        assert len(fault) < 500


def refusal(text: str) -> str | None:
    try:
        parsed(text, SPECIMEN, resolve)
    except MalformedNotation as error:
        return str(error)
    return None


@given(TEXTS, st.integers(1, 5))
def test_a_notation_that_is_cut_off_is_refused(text: str, missing: int) -> None:
    with pytest.raises(MalformedNotation, match="not JSON"):
        parsed(text[: -min(missing, len(text) - 1)], SPECIMEN, resolve)
