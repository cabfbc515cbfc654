"""The canonical form keeps the meaning, and is one for everything that differs in order, nesting and spelling only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, assert_never
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    canonical,
    not_,
    or_,
    printed,
    where,
)
from tests.unit.domain.specimens import candidates, comparisons, specifications

Op = ComparisonOperator
SPECIFICATIONS, CANDIDATES = specifications(), candidates()
OTHER = {Connective.AND: Connective.OR, Connective.OR: Connective.AND}
FAR_EAST = timezone(timedelta(hours=14))


@given(SPECIFICATIONS, st.lists(CANDIDATES, min_size=1, max_size=5))
def test_the_canonical_form_keeps_the_meaning(specification: Specification, several: list[dict[str, Any]]) -> None:
    form, opposite = canonical(specification), canonical(not_(specification))

    for candidate in several:
        satisfied = specification.is_satisfied_by(candidate)
        assert form.is_satisfied_by(candidate) is satisfied
        assert opposite.is_satisfied_by(candidate) is not satisfied


@given(comparisons(), st.lists(CANDIDATES, min_size=1, max_size=5))
def test_the_canonical_form_of_a_comparison_keeps_the_meaning(
    comparison: Specification, several: list[dict[str, Any]]
) -> None:
    for candidate in several:
        assert canonical(comparison).is_satisfied_by(candidate) is comparison.is_satisfied_by(candidate)
        assert canonical(not_(comparison)).is_satisfied_by(candidate) is not comparison.is_satisfied_by(candidate)


@given(SPECIFICATIONS)
def test_the_canonical_form_of_a_canonical_form_is_itself(specification: Specification) -> None:
    form = canonical(specification)

    assert repr(canonical(form)) == repr(form)
    assert canonical(not_(canonical(not_(form)))) == form


@given(SPECIFICATIONS)
@example(or_(and_(where("number", Op.EQ, 1), where("text", Op.EQ, "a")), NOTHING))
@example(not_(RelationSpecification("parent", Quantifier.ONE, or_())))
def test_a_canonical_form_says_nothing_twice_and_nothing_idle(specification: Specification) -> None:
    form = canonical(specification)
    if form not in {EVERYTHING, NOTHING}:
        assert_canonical(form)


def assert_canonical(form: Specification) -> None:
    match form:
        case CompositeSpecification(connective, parts):
            assert len(parts) > 1
            assert list(map(printed, parts)) == sorted(set(map(printed, parts)))
            for part in parts:
                assert not (isinstance(part, CompositeSpecification) and part.connective is connective)
                assert_canonical(part)
        case NotSpecification(FieldSpecification(FilterCriteria(_, operator, _))):
            assert operator not in {Op.EQ, Op.NE, Op.IS_NULL}
        case NotSpecification(part):
            assert isinstance(part, RelationSpecification)
            assert part.quantifier is Quantifier.ONE
            assert_canonical(part)
        case RelationSpecification(_, quantifier, part):
            assert quantifier is not Quantifier.EVERY
            assert part != NOTHING
            if part != EVERYTHING:
                assert_canonical(part)
        case FieldSpecification(FilterCriteria(_, Op.IN, values)):
            assert len(values) == len(set(values)) > 1
        case FieldSpecification(FilterCriteria(_, Op.BETWEEN, (lower, upper))):
            assert lower < upper


@given(st.data(), SPECIFICATIONS)
def test_what_is_said_in_other_ways_has_the_same_canonical_form(
    data: st.DataObject, specification: Specification
) -> None:
    other = data.draw(said_otherwise(specification))

    # Equal numbers and moments may be written in several ways, so equality would not be enough.
    assert repr(canonical(other)) == repr(canonical(specification))


@given(st.data(), SPECIFICATIONS, CANDIDATES)
def test_to_say_it_in_other_ways_is_to_mean_the_same(
    data: st.DataObject, specification: Specification, candidate: dict[str, Any]
) -> None:
    other = data.draw(said_otherwise(specification))

    assert other.is_satisfied_by(candidate) is specification.is_satisfied_by(candidate)


@st.composite
def said_otherwise(draw: st.DrawFn, specification: Specification) -> Specification:
    """Give the same statement in another order, nesting and spelling."""
    ways: Sequence[Specification]
    match specification:
        case FieldSpecification(criteria):
            ways = spellings(criteria)
        case CompositeSpecification(connective, parts):
            ways = draw(arrangements(connective, [draw(said_otherwise(part)) for part in parts]))
        case NotSpecification(part):
            ways = [not_(draw(said_otherwise(part)))]
        case RelationSpecification(relation, quantifier, part):
            ways = quantified(relation, quantifier, draw(said_otherwise(part)))
        case _:
            assert_never(specification)
    node = draw(st.sampled_from(ways))
    twice = and_(node, node)
    idle: list[Specification] = [not_(not_(node)), and_(node), and_(EVERYTHING, node), or_(node, NOTHING)]
    return draw(st.sampled_from([node, node, *idle, twice, or_(node, node), or_(node, twice)]))


@st.composite
def arrangements(draw: st.DrawFn, connective: Connective, parts: list[Specification]) -> Sequence[Specification]:
    """List ways to combine parts in another order, some of them twice, some of them on another level."""
    repeated = draw(st.lists(st.sampled_from(parts), max_size=2)) if parts else []
    several = draw(st.permutations([*parts, *repeated]))
    cut = draw(st.integers(0, len(several)))
    inner = CompositeSpecification(connective, tuple(several[:cut]))
    return [
        CompositeSpecification(connective, tuple(several)),
        CompositeSpecification(connective, (*several[cut:], inner)),
        not_(CompositeSpecification(OTHER[connective], tuple(map(not_, several)))),
    ]


def quantified(relation: str, quantifier: Quantifier, part: Specification) -> Sequence[Specification]:
    """List the ways to say the same of related things."""

    def related(quantifier: Quantifier, part: Specification) -> Specification:
        return RelationSpecification(relation, quantifier, part)

    one, some = related(Quantifier.ONE, part), related(Quantifier.SOME, part)
    none, every = related(Quantifier.NONE, part), related(Quantifier.EVERY, part)
    some_not, none_not = related(Quantifier.SOME, not_(part)), related(Quantifier.NONE, not_(part))
    every_not = related(Quantifier.EVERY, not_(part))
    ways: Mapping[Quantifier, Sequence[Specification]] = {
        Quantifier.ONE: [one],
        Quantifier.SOME: [some, not_(none), not_(every_not)],
        Quantifier.NONE: [none, not_(some), every_not],
        Quantifier.EVERY: [every, none_not, not_(some_not)],
    }
    return ways[quantifier]


def spellings(criteria: FilterCriteria) -> Sequence[Specification]:
    """List the ways to say the same of a field."""
    field, operator, value = criteria.field, criteria.operator, criteria.value
    same: list[Specification] = [where(field, operator, value), where(field, operator, respelled(value))]
    match operator:
        case Op.EQ:
            same += [where(field, Op.IN, (value,)), where(field, Op.IN, (respelled(value), value))]
            if not isinstance(value, bool | Enum | UUID):
                same += [where(field, Op.BETWEEN, (value, respelled(value)))]
            return [*same, not_(where(field, Op.NE, value))]
        case Op.NE:
            return [*same, not_(where(field, Op.EQ, value)), not_(where(field, Op.IN, (value,)))]
        case Op.IS_NULL:
            return [*same, not_(where(field, Op.IS_NULL, not value))]
        case Op.IN:
            alone = [where(field, Op.EQ, one) for one in value if len(value) == 1]
            return [*same, *alone, where(field, Op.IN, (*reversed(value), *respelled(value)))]
        case Op.BETWEEN if value[0] > value[1]:
            return [*same, where(field, Op.IN, ()), NOTHING]
        case _:
            return same


def respelled(value: Any) -> Any:
    """Write an equal value in another way, where there is one."""
    match value:
        case tuple():
            return tuple(map(respelled, value))
        case Decimal():
            return Decimal(f"{value:.40f}") if value else Decimal("-0E+3")
        case datetime():
            return value.astimezone(FAR_EAST)
        case float():
            return value or -value
        case _:
            return value
