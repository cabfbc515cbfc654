"""Each operator is the right comparison (property 2), judged by oracles that share no code with the kernel."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import ComparisonOperator, Count, Through, where
from domain.kernel.specification.operators import COMPARISONS, ORDERING_OPERATORS, TEXT_OPERATORS, compare
from tests.unit.domain.specimens import (
    FIELDS,
    ORDERING,
    TEXT,
    VALUES,
    as_object,
    candidates,
    operand_values,
    suitable,
)

Op = ComparisonOperator


def three_way(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def like(text: str, pattern: str) -> bool:
    tokens = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(one, re.escape(one[-1])) for one in tokens), text, re.DOTALL))


def lowered(text: str) -> str:
    return "".join(one.lower()[0] for one in text)


def has_at(text: str, part: str, at: int) -> bool:
    return at >= 0 and text[at : at + len(part)] == part


# What each operator says of a value that is there.
ORACLE: Mapping[ComparisonOperator, Callable[[Any, Any], bool]] = {
    Op.EQ: lambda actual, value: bool(actual == value),
    Op.NE: lambda actual, value: not ORACLE[Op.EQ](actual, value),
    Op.GT: lambda actual, value: three_way(actual, value) == 1,
    Op.GE: lambda actual, value: three_way(actual, value) != -1,
    Op.LT: lambda actual, value: three_way(actual, value) == -1,
    Op.LE: lambda actual, value: three_way(actual, value) != 1,
    Op.IN: lambda actual, values: any(ORACLE[Op.EQ](actual, one) for one in values),
    Op.BETWEEN: lambda actual, bounds: three_way(actual, bounds[0]) != -1 and three_way(actual, bounds[1]) != 1,
    Op.IS_NULL: lambda _, absent: absent is False,
    Op.LIKE: like,
    Op.CONTAINS: lambda actual, part: any(has_at(actual, part, at) for at in range(len(actual) + 1)),
    Op.STARTS_WITH: lambda actual, part: has_at(actual, part, 0),
    Op.ENDS_WITH: lambda actual, part: has_at(actual, part, len(actual) - len(part)),
    Op.I_CONTAINS: lambda actual, part: ORACLE[Op.CONTAINS](lowered(actual), lowered(part)),
    Op.I_STARTS_WITH: lambda actual, part: ORACLE[Op.STARTS_WITH](lowered(actual), lowered(part)),
    Op.I_ENDS_WITH: lambda actual, part: ORACLE[Op.ENDS_WITH](lowered(actual), lowered(part)),
}


@pytest.mark.parametrize("operator", ComparisonOperator)
@given(st.data())
def test_each_operator_is_the_right_comparison(operator: ComparisonOperator, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([name for name, kind in FIELDS.items() if operator in suitable(kind)]))
    actual = data.draw(VALUES[FIELDS[field]])
    value = data.draw(operand_values(FIELDS[field], operator))

    assert where(field, operator, value).is_satisfied_by({field: actual}) is ORACLE[operator](actual, value)


@pytest.mark.parametrize("operator", ComparisonOperator)
@given(st.data())
def test_an_absent_value_only_differs_or_is_absent(operator: ComparisonOperator, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in FIELDS.values() if operator in suitable(kind)]))
    value = data.draw(operand_values(kind, operator))

    satisfied = where("field", operator, value).is_satisfied_by({"field": None})

    assert satisfied is (operator is Op.NE or (operator is Op.IS_NULL and value))


def test_every_operator_has_a_comparison() -> None:
    assert set(COMPARISONS) == set(ComparisonOperator) == set(ORACLE)
    assert TEXT_OPERATORS == TEXT
    assert ORDERING_OPERATORS == ORDERING


@given(st.data(), candidates(2))
def test_keys_and_members_are_the_same_to_a_specification(data: st.DataObject, candidate: dict[str, Any]) -> None:
    field = data.draw(st.sampled_from(sorted(FIELDS)))
    operator = data.draw(st.sampled_from(suitable(FIELDS[field])))
    comparison = where(field, operator, data.draw(operand_values(FIELDS[field], operator)))

    assert comparison.is_satisfied_by(candidate) is comparison.is_satisfied_by(as_object(candidate))


@given(st.data(), candidates(2))
def test_a_field_of_something_related_is_absent_where_nothing_is_related(
    data: st.DataObject, candidate: dict[str, Any]
) -> None:
    field = data.draw(st.sampled_from(sorted(FIELDS)))
    operator = data.draw(st.sampled_from(suitable(FIELDS[field])))
    value = data.draw(operand_values(FIELDS[field], operator))
    parent = candidate["parent"]

    expected = compare(None if parent is None else parent[field], operator, value)
    assert where(Through("parent", field), operator, value).is_satisfied_by(candidate) is expected


@given(candidates(2), st.integers(-1, 3))
def test_related_things_are_counted(candidate: dict[str, Any], number: int) -> None:
    assert where(Count("children"), Op.EQ, number).is_satisfied_by(candidate) is (len(candidate["children"]) == number)
    grandparents = where(Through("parent", Count("children")), Op.GE, number)
    parent = candidate["parent"]
    assert grandparents.is_satisfied_by(candidate) is (parent is not None and len(parent["children"]) >= number)


@given(st.text(), st.text())
@example("ΑΣ", "ας")  # the capital at the end of a word is no final sigma to a database
@example("İ", "i")  # one code point whose lower case Python writes with two
@example("i̇", "İ")
@example("ẞ", "ß")
@example("ss", "ß")
def test_case_is_ignored_character_by_character(actual: str, part: str) -> None:
    for operator, plain in [
        (Op.I_CONTAINS, Op.CONTAINS),
        (Op.I_STARTS_WITH, Op.STARTS_WITH),
        (Op.I_ENDS_WITH, Op.ENDS_WITH),
    ]:
        assert compare(actual, operator, part) is ORACLE[plain](lowered(actual), lowered(part))
