"""LIKE means what a regular expression built from the pattern means, and takes no longer than both lengths allow."""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import patterns
from domain.kernel.specification.patterns import MalformedPattern, check_pattern, escaped, fold, matches

ALPHABET = "ab%_\\.*\n𝄞é"
TEXTS = st.text(st.sampled_from(ALPHABET), max_size=8)
TOKENS = st.sampled_from([*"ab._*\n𝄞é", "%", "%%", "_", r"\%", r"\_", r"\\", r"\a", "\\\n", "\\𝄞"])
PATTERNS = st.lists(TOKENS, max_size=6).map("".join)


def expression(pattern: str) -> re.Pattern[str]:
    """Write a pattern as a regular expression."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(part, re.escape(part[-1])) for part in parts), re.DOTALL)


@given(TEXTS, PATTERNS)
@example("", "")
@example("", "%")
@example("", "%%%")
@example("", "_")
@example("𝄞", "_")
@example("\n", "%")
@example("a%b", r"a\%b")
@example("aab", "%a%ab")  # the last run may not use what an earlier one took
@example("ab", "ab%ab")
@example("aba", "ab%ba")
@example("abab", "%ab")
@example("A", "a")
def test_a_pattern_matches_what_its_regular_expression_does(text: str, pattern: str) -> None:
    assert matches(text, pattern) is (expression(pattern).fullmatch(text) is not None)


@given(TEXTS, st.data())
def test_a_pattern_made_from_a_text_matches_it(text: str, data: st.DataObject) -> None:
    pattern, rest = "", text
    while rest:
        match data.draw(st.sampled_from(["literally", "any character", "any text"])):
            case "literally":
                pattern, rest = pattern + escaped(rest[:1]), rest[1:]
            case "any character":
                pattern, rest = pattern + "_", rest[1:]
            case _:
                pattern, rest = pattern + "%", rest[data.draw(st.integers(1, len(rest))) :]

    assert matches(text, pattern)
    assert matches(text, pattern + "%")


@given(TEXTS, TEXTS)
def test_an_escaped_text_matches_itself_alone(text: str, other: str) -> None:
    assert matches(text, escaped(text))
    assert matches(other, escaped(text)) is (other == text)


@given(TEXTS, TEXTS)
def test_the_text_operators_are_patterns(text: str, part: str) -> None:
    assert matches(text, f"%{escaped(part)}%") is (part in text)
    assert matches(text, f"{escaped(part)}%") is text.startswith(part)
    assert matches(text, f"%{escaped(part)}") is text.endswith(part)


@given(TEXTS, PATTERNS)
def test_a_pattern_that_ends_within_an_escape_is_refused(text: str, pattern: str) -> None:
    with pytest.raises(MalformedPattern, match="ends with a backslash"):
        check_pattern(pattern + "\\")
    with pytest.raises(MalformedPattern):
        matches(text, pattern + "\\")
    check_pattern(pattern + "\\\\")


def steps(work: Callable[[], object]) -> int:
    """Count the lines that the module of patterns carries out."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal count
        if frame.f_code.co_filename != patterns.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 120, "%a" * 30 + "%b"),
        ("a" * 120, "%a" * 30 + "b"),
        ("a" * 120, "%" * 60 + "b"),
        ("a" * 120, "%_a" * 30 + "_%b%"),
        ("ab" * 60, "%ab%ba" * 10 + "%c%"),
        ("a" * 120, "%" + "a" * 60 + "b%" + "a" * 60 + "b"),
    ],
)
def test_time_is_bounded_by_the_product_of_both_lengths(text: str, pattern: str) -> None:
    assert steps(lambda: matches(text, pattern)) <= 4 * (len(text) + 1) * (len(pattern) + 1)


@given(
    st.text("ab", min_size=1, max_size=3),
    st.integers(1, 40),
    st.lists(st.sampled_from(["%", "_", "a", "b", "ab"]), min_size=1, max_size=3).map("".join),
    st.integers(1, 12),
    st.text("abc", max_size=2),
)
def test_time_is_bounded_for_whatever_repeats(unit: str, times: int, part: str, parts: int, end: str) -> None:
    text, pattern = unit * times, part * parts + end

    assert steps(lambda: matches(text, pattern)) <= 4 * (len(text) + 1) * (len(pattern) + 1) + 20


@given(st.text())
@example("ΑΣ")
@example("ΑΣ ΑΣ")
@example("İstanbul")
def test_a_text_is_folded_code_point_by_code_point(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))
    assert len(fold(text)) == len(text)


@given(st.text(), st.text())
def test_folding_two_texts_together_is_folding_each(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


def test_every_character_folds_to_its_lower_case_and_one_is_cut() -> None:
    """Of all code points only İ has a lower case of two; databases keep the first of them."""
    characters = [chr(point) for point in range(sys.maxunicode + 1)]
    cased = [one for one in characters if one.lower() != one]

    assert {one: fold(one) for one in cased} == {one: one.lower()[0] for one in cased}
    assert [one for one in cased if fold(one) != one.lower()] == ["İ"]
    assert all(fold(fold(one)) == fold(one) for one in cased)
