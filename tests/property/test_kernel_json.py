"""JSON values: one text for all that are equal, and one only."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.json_value import Json
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.specification.notation import READERS, written_value

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


def told_apart(value: Any) -> Any:
    """Give what Python holds equal just where JSON does: truth values are no numbers."""
    match value:
        case bool():
            return ("truth", value)
        case list():
            return [told_apart(one) for one in value]
        case dict():
            return {key: told_apart(one) for key, one in value.items()}
        case _:
            return value


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert told_apart(Json.of(value).value) == told_apart(value)
    assert Json.of(Json.of(value).value) == Json.of(value)


@given(VALUES, VALUES)
@example(10**18, 1e18)
@example(0, -0.0)
@example(True, 1)
def test_values_are_equal_where_their_texts_are(one: Any, other: Any) -> None:
    assert (Json.of(one) == Json.of(other)) is (told_apart(one) == told_apart(other))


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_the_order_of_keys_says_nothing(value: dict[str, Any]) -> None:
    assert Json.of(dict(reversed(value.items()))) == Json.of(value)


@given(VALUES)
def test_a_value_is_restored_from_its_notation(value: Any) -> None:
    source, read = READERS[Json]
    written = json.loads(written_value(Json.of(value)))
    assert isinstance(written, source)
    assert read(written) == Json.of(value)


def test_a_comparison_with_json_is_data_like_any_other() -> None:
    assert where("plan", ComparisonOperator.EQ, Json.of([1])) == where("plan", ComparisonOperator.EQ, Json.of([1.0]))


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (float("nan"), "not finite"),
        ([float("inf")], "not finite"),
        ({"a": 2**63}, "64 bits"),
        ("a\0b", "NUL"),
        ({"\ud800": 1}, "surrogate"),
        ({1: 2}, "no text"),
        (object(), "JSON has not"),
        (nested(40), "deeper than"),
    ],
)
def test_what_not_everybody_can_hold_is_refused(value: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Json.of(value)
