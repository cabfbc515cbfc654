"""Specifications obey the laws of logic, for any candidate, absent values and missing relatives included."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    not_,
    or_,
    where,
)
from tests.unit.domain.specimens import MANY, as_object, candidates, specifications

SPECIFICATIONS, CANDIDATES = specifications(), candidates()
OTHER_WAY = {ComparisonOperator.GT: ComparisonOperator.LE, ComparisonOperator.LT: ComparisonOperator.GE}
NOBODY: dict[str, Any] = {
    **dict.fromkeys(["text", "number", "amount", "ratio", "moment", "day", "flag", "mood", "parent_id", "parent"]),
    "children": (),
}


@given(st.lists(SPECIFICATIONS, max_size=4), CANDIDATES)
@example([], NOBODY)
def test_and_equals_the_and_of_its_parts(parts: list[Specification], candidate: dict[str, Any]) -> None:
    expected = True
    for part in parts:
        expected = expected and part.is_satisfied_by(candidate)

    assert and_(*parts).is_satisfied_by(candidate) is expected


@given(st.lists(SPECIFICATIONS, max_size=4), CANDIDATES)
@example([], NOBODY)
def test_or_equals_the_or_of_its_parts(parts: list[Specification], candidate: dict[str, Any]) -> None:
    expected = False
    for part in parts:
        expected = expected or part.is_satisfied_by(candidate)

    assert or_(*parts).is_satisfied_by(candidate) is expected


@given(SPECIFICATIONS, CANDIDATES)
@example(where("number", ComparisonOperator.GT, 0), NOBODY)
@example(where("text", ComparisonOperator.LIKE, "%"), NOBODY)
def test_not_equals_the_not_of_its_part(part: Specification, candidate: dict[str, Any]) -> None:
    assert not_(part).is_satisfied_by(candidate) is (not part.is_satisfied_by(candidate))


@given(SPECIFICATIONS, CANDIDATES)
def test_not_not_changes_nothing(part: Specification, candidate: dict[str, Any]) -> None:
    assert not_(not_(part)).is_satisfied_by(candidate) is part.is_satisfied_by(candidate)


@given(st.lists(SPECIFICATIONS, max_size=3), CANDIDATES)
def test_de_morgan(parts: list[Specification], candidate: dict[str, Any]) -> None:
    negated = [not_(part) for part in parts]

    assert not_(and_(*parts)).is_satisfied_by(candidate) is or_(*negated).is_satisfied_by(candidate)
    assert not_(or_(*parts)).is_satisfied_by(candidate) is and_(*negated).is_satisfied_by(candidate)


@given(SPECIFICATIONS, CANDIDATES)
def test_everything_and_nothing_are_the_bounds_of_the_logic(part: Specification, candidate: dict[str, Any]) -> None:
    satisfied = part.is_satisfied_by(candidate)

    assert EVERYTHING.is_satisfied_by(candidate)
    assert not NOTHING.is_satisfied_by(candidate)
    assert and_(part, EVERYTHING).is_satisfied_by(candidate) is satisfied
    assert or_(part, NOTHING).is_satisfied_by(candidate) is satisfied
    assert or_(part, EVERYTHING).is_satisfied_by(candidate)
    assert not and_(part, NOTHING).is_satisfied_by(candidate)
    assert or_(part, not_(part)).is_satisfied_by(candidate)
    assert not and_(part, not_(part)).is_satisfied_by(candidate)


@given(SPECIFICATIONS, SPECIFICATIONS)
def test_the_signs_mean_the_functions(one: Specification, other: Specification) -> None:
    assert one & other == and_(one, other) == CompositeSpecification(Connective.AND, (one, other))
    assert one | other == or_(one, other) == CompositeSpecification(Connective.OR, (one, other))
    assert ~one == not_(one) == NotSpecification(one)


@given(SPECIFICATIONS)
def test_a_specification_is_hashable_data(specification: Specification) -> None:
    assert hash(specification) == hash(rebuilt(specification))
    assert specification == rebuilt(specification)


def rebuilt(specification: Specification) -> Specification:
    """Make another, equal specification."""
    match specification:
        case CompositeSpecification(connective, parts):
            return CompositeSpecification(connective, tuple(map(rebuilt, parts)))
        case NotSpecification(part):
            return NotSpecification(rebuilt(part))
        case RelationSpecification(relation, quantifier, part):
            return RelationSpecification(relation, quantifier, rebuilt(part))
        case _:
            criteria = specification.criteria
            return where(criteria.field, criteria.operator, criteria.value)


@given(SPECIFICATIONS, CANDIDATES)
def test_keys_and_members_are_the_same_to_a_specification(part: Specification, candidate: dict[str, Any]) -> None:
    assert part.is_satisfied_by(as_object(candidate)) is part.is_satisfied_by(candidate)


@given(SPECIFICATIONS, CANDIDATES)
def test_a_quantifier_counts_the_related_that_satisfy(part: Specification, candidate: dict[str, Any]) -> None:
    related = candidate["children"]
    count = sum(part.is_satisfied_by(one) for one in related)

    def of_children(quantifier: Quantifier) -> bool:
        return RelationSpecification("children", quantifier, part).is_satisfied_by(candidate)

    assert of_children(Quantifier.SOME) is (count > 0)
    assert of_children(Quantifier.NONE) is (count == 0)
    assert of_children(Quantifier.EVERY) is (count == len(related))


@given(SPECIFICATIONS, CANDIDATES)
@example(EVERYTHING, NOBODY)
def test_one_is_false_where_there_is_none(part: Specification, candidate: dict[str, Any]) -> None:
    parent = candidate["parent"]
    satisfied = RelationSpecification("parent", Quantifier.ONE, part).is_satisfied_by(candidate)

    assert satisfied is (parent is not None and part.is_satisfied_by(parent))


@given(SPECIFICATIONS, CANDIDATES)
def test_the_opposite_of_a_quantifier_is_another(part: Specification, candidate: dict[str, Any]) -> None:
    def of_children(quantifier: Quantifier, part: Specification) -> Specification:
        return RelationSpecification("children", quantifier, part)

    for negated, positive in [
        (~of_children(Quantifier.SOME, part), of_children(Quantifier.NONE, part)),
        (~of_children(Quantifier.NONE, part), of_children(Quantifier.SOME, part)),
        (~of_children(Quantifier.EVERY, part), of_children(Quantifier.SOME, ~part)),
        (~of_children(Quantifier.SOME, part), of_children(Quantifier.EVERY, ~part)),
    ]:
        assert negated.is_satisfied_by(candidate) is positive.is_satisfied_by(candidate)


@given(SPECIFICATIONS)
def test_of_no_relatives_none_and_every_hold_and_some_does_not(part: Specification) -> None:
    satisfied = {one for one in MANY if RelationSpecification("children", one, part).is_satisfied_by(NOBODY)}

    assert satisfied == {Quantifier.NONE, Quantifier.EVERY}


@given(CANDIDATES, st.integers(-2, 2))
def test_an_absent_value_is_on_neither_side_of_a_bound(candidate: dict[str, Any], bound: int) -> None:
    for operator, other_way in OTHER_WAY.items():
        sides = where("number", operator, bound) | where("number", other_way, bound)
        assert sides.is_satisfied_by(candidate) is (candidate["number"] is not None)
