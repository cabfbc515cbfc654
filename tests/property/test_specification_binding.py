"""What is wrong with a specification is said when it is built against an entity, never when it is asked (2.7)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.entity import describe
from domain.kernel.json_value import Json
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Count,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    SpecificationBuilder,
    Through,
    and_,
    bind,
    describe_operand,
    identities,
    or_,
    where,
)
from domain.kernel.specification.suitability import suitability_of
from domain.track.entity import Track
from tests.unit.domain.specimens import (
    FIELDS,
    SPECIMEN,
    Mood,
    candidates,
    comparisons,
    operand_values,
    operands,
    resolve,
    specifications,
    suitable,
)

Op = ComparisonOperator
SAMPLES = {
    str: "a",
    int: 7,
    Decimal: Decimal("1.5"),
    float: 1.5,
    datetime: datetime(2024, 2, 29, tzinfo=UTC),
    date: date(2024, 2, 29),
    bool: True,
    Mood: Mood.CALM,
    UUID: UUID(int=1),
}


def bound(specification: Specification) -> Specification:
    return bind(specification, SPECIMEN, resolve)


def fault(comparison: Specification) -> TypeError | ValueError | None:
    try:
        bound(comparison)
    except (TypeError, ValueError) as error:
        return error
    return None


def outcome(field: str, operator: ComparisonOperator, value: object) -> type[Exception] | None:
    """Tell how a comparison was refused, by an error that names field, operator and value."""
    error = fault(where(field, operator, value))
    if error is None:
        return None
    shown = repr(value) if len(repr(value)) <= 100 else repr(value)[:100] + "..."
    assert str(error).startswith(f"Specimen.{field} {operator} {shown}: ")
    return TypeError if isinstance(error, TypeError) else ValueError


def asked(operator: ComparisonOperator, value: object) -> object:
    """Wrap one value as the operator takes it."""
    return {Op.IN: (value,), Op.BETWEEN: (value, value)}.get(operator, value)


@pytest.mark.parametrize("operator", ComparisonOperator)
@pytest.mark.parametrize("field", FIELDS)
def test_an_operator_takes_values_of_the_type_of_the_field(field: str, operator: ComparisonOperator) -> None:
    kind = FIELDS[field]
    fitting: set[type] = {kind, int} if kind is Decimal else {kind}
    if operator is Op.IS_NULL:
        fitting = {bool}
    elif operator not in suitable(kind):
        fitting = set()

    outcomes = {given: outcome(field, operator, asked(operator, sample)) for given, sample in SAMPLES.items()}

    assert outcomes == {given: None if given in fitting else TypeError for given in SAMPLES}


@pytest.mark.parametrize("operator", [one for one in ComparisonOperator if one is not Op.IS_NULL])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_compares_with_an_absent_value(field: str, operator: ComparisonOperator) -> None:
    assert outcome(field, operator, None) is TypeError
    assert outcome(field, operator, asked(operator, None)) is TypeError


@pytest.mark.parametrize("operator", ComparisonOperator)
def test_an_unknown_field_is_a_value_error_that_lists_the_fields(operator: ComparisonOperator) -> None:
    with pytest.raises(
        ValueError, match=r"Specimen\.txet .* 'a': Specimen has no field txet; it has id, version, text"
    ):
        bound(where("txet", operator, "a"))


@pytest.mark.parametrize("operator", [Op.EQ, Op.IN, Op.BETWEEN])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "a\0b"),
        ("text", "\ud800"),
        ("text", "x" * 10_001),
        ("number", 2**63),
        ("number", -(2**63) - 1),
        ("amount", Decimal("NaN")),
        ("amount", Decimal("sNaN")),
        ("amount", Decimal("-Infinity")),
        ("amount", Decimal("1E+38")),
        ("amount", Decimal("1E+999999")),
        ("amount", Decimal("1E-39")),
        ("amount", 10**38),
        ("ratio", float("nan")),
        ("ratio", float("inf")),
        ("moment", datetime(2024, 2, 29)),  # noqa: DTZ001  # without a zone on purpose
        ("moment", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
    ],
    ids=repr,
)
def test_a_value_that_no_store_could_hold_is_a_value_error(
    field: str, value: object, operator: ComparisonOperator
) -> None:
    with pytest.raises(ValueError, match=rf"^Specimen\.{field} {operator} ") as caught:
        bound(where(field, operator, asked(operator, value)))

    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "x" * 10_000),
        ("text", ""),
        ("number", 2**63 - 1),
        ("number", -(2**63)),
        ("amount", Decimal("9.9E+37")),
        ("amount", Decimal("1E-38")),
        ("amount", Decimal("0E-999")),
        ("amount", 10**38 - 1),
        ("ratio", -0.0),
        ("moment", datetime.max.replace(tzinfo=UTC)),
    ],
    ids=lambda one: repr(one)[:20],
)
def test_a_value_at_the_edge_of_what_is_stored_is_accepted(field: str, value: object) -> None:
    bound(where(field, Op.EQ, value))


@pytest.mark.parametrize("pattern", ["\\", "a%\\", "\\\\\\"])
def test_a_pattern_that_ends_within_an_escape_is_a_value_error(pattern: str) -> None:
    assert outcome("text", Op.LIKE, pattern) is ValueError
    assert outcome("text", Op.EQ, pattern) is None


@pytest.mark.parametrize("several", [[1, 2], (1, 2), {1, 2}, frozenset({1, 2})])
def test_in_takes_several_values_however_they_are_kept(several: Any) -> None:
    specification = bound(where("number", Op.IN, several))

    assert specification == where("number", Op.IN, tuple(several))
    assert specification.is_satisfied_by({"number": 2})


@pytest.mark.parametrize("value", ["ab", {"a": 1}, iter(["a"]), 1], ids=["text", "mapping", "iterator", "number"])
def test_in_takes_nothing_but_several_values(value: object) -> None:
    with pytest.raises(TypeError, match="expected a list of values"):
        bound(where("text", Op.IN, value))


def test_in_nothing_is_satisfied_by_nothing() -> None:
    assert not bound(where("number", Op.IN, [])).is_satisfied_by({"number": 1})


@pytest.mark.parametrize("value", [[], [1], [1, 2, 3], {1, 2}, frozenset({1, 2}), "ab", 1], ids=repr)
def test_between_takes_a_lower_and_an_upper_bound_in_their_order(value: object) -> None:
    with pytest.raises(TypeError, match="expected a lower and an upper bound"):
        bound(where("number", Op.BETWEEN, value))


def test_an_integer_is_an_exact_number_too() -> None:
    specification = bound(where("amount", Op.IN, [1, Decimal("1.50")]))

    assert repr(specification) == repr(where("amount", Op.IN, (Decimal(1), Decimal("1.50"))))


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=3)
    | st.binary(max_size=2)
    | st.decimals()
    | st.datetimes()
    | st.dates()
    | st.uuids()
    | st.sampled_from([*Mood, object, "x" * 10_001, 10**40, Decimal("1E+100000"), "\\"]),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


@given(operands(), st.sampled_from(ComparisonOperator), JUNK, candidates())
@example(("number", int), Op.EQ, 10**5000, {"number": 1})  # Python refuses to write it out
@example(("amount", Decimal), Op.EQ, 10**5000, {"amount": Decimal(1)})
@example(("number", int), Op.IN, [10**5000], {"number": 1})
@example(("number", int), Op.BETWEEN, {1, 2}, {"number": 1})
@example(("amount", Decimal), Op.LT, Decimal("sNaN"), {"amount": Decimal(1)})
@example(("ratio", float), Op.GE, float("nan"), {"ratio": 1.0})
def test_what_is_accepted_can_be_asked_and_what_is_not_is_named(
    operand: tuple[Operand, type], operator: ComparisonOperator, value: Any, candidate: dict[str, Any]
) -> None:
    comparison = where(operand[0], operator, value)
    if error := fault(comparison):
        assert str(error).startswith(f"Specimen.{operand[0]} {operator} ")
        assert len(str(error)) < 400
    else:
        accepted = bound(comparison)
        assert hash(accepted) == hash(bound(comparison))
        assert accepted.is_satisfied_by(candidate) in {True, False}


@given(specifications(), candidates())
def test_binding_keeps_the_meaning_and_binding_again_changes_nothing(
    specification: Specification, candidate: dict[str, Any]
) -> None:
    once = bound(specification)

    assert once.is_satisfied_by(candidate) is specification.is_satisfied_by(candidate)
    assert bound(once) == once


@given(comparisons(), st.data())
def test_a_fault_is_found_however_deep_it_lies(comparison: Specification, data: st.DataObject) -> None:
    wrong: Specification = where("number", Op.EQ, "one")
    surroundings: list[Callable[[Specification], Specification]] = [
        lambda part: and_(comparison, part),
        lambda part: or_(part, comparison),
        lambda part: ~part,
        lambda part: RelationSpecification("parent", Quantifier.ONE, part),
        lambda part: RelationSpecification("children", Quantifier.EVERY, part),
    ]
    around = data.draw(st.lists(st.sampled_from(surroundings), max_size=5))

    with pytest.raises(TypeError, match=r"^Specimen\.number eq 'one': must be int, not str\.$"):
        bound(reduce(lambda part, surround: surround(part), around, wrong))


@pytest.mark.parametrize(
    ("relation", "fitting"),
    [("parent", {Quantifier.ONE}), ("children", {Quantifier.SOME, Quantifier.NONE, Quantifier.EVERY})],
)
@pytest.mark.parametrize("quantifier", Quantifier)
def test_a_relation_is_asked_for_as_many_as_it_leads_to(
    relation: str, fitting: set[Quantifier], quantifier: Quantifier
) -> None:
    specification = RelationSpecification(relation, quantifier, EVERYTHING)
    if quantifier in fitting:
        assert bound(specification) == specification
    else:
        with pytest.raises(TypeError, match=f"Specimen.{relation} cannot be asked for {quantifier.value}"):
            bound(specification)


def test_an_unknown_relation_is_a_value_error_that_lists_the_relations() -> None:
    with pytest.raises(ValueError, match="Specimen has no relation uncle; it has parent, children"):
        bound(RelationSpecification("uncle", Quantifier.ONE, EVERYTHING))


def test_the_other_side_of_a_relation_is_checked_as_what_it_is() -> None:
    played = RelationSpecification("album", Quantifier.ONE, where("milliseconds", Op.GT, 1))

    with pytest.raises(ValueError, match=r"^Specimen\.milliseconds gt 1: "):
        bind(played, describe(Track), lambda _: SPECIMEN)


@pytest.mark.parametrize(
    ("operand", "fault"),
    [
        (Through("parent", "txet"), r"Specimen\.parent\.txet .*: Specimen has no field txet"),
        (Through("uncle", "text"), r"Specimen\.uncle\.text .*: Specimen has no relation uncle to one"),
        (Through("children", "text"), r"Specimen\.children\.text .*: Specimen has no relation children to one"),
        (Count("parent"), r"Specimen\.parent\.count .*: Specimen has no relation parent to many"),
        (Count("uncle"), r"Specimen\.uncle\.count .*: Specimen has no relation uncle to many"),
        (Through("parent", Count("text")), r"Specimen\.parent\.text\.count .*: Specimen has no relation text to many"),
    ],
    ids=str,
)
def test_an_operand_that_leads_nowhere_is_a_value_error(operand: Operand, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        bound(where(operand, Op.EQ, 1))


def test_relations_need_something_to_resolve_them() -> None:
    with pytest.raises(ValueError, match="no relation parent"):
        bind(RelationSpecification("parent", Quantifier.ONE, EVERYTHING), SPECIMEN)
    with pytest.raises(ValueError, match="no relation parent"):
        bind(where(Through("parent", "text"), Op.EQ, "a"), SPECIMEN)


@given(operands())
def test_an_operand_has_the_type_of_what_it_leads_to_and_is_absent_with_it(operand: tuple[Operand, type]) -> None:
    described = describe_operand(operand[0], SPECIMEN, resolve)

    assert described.type is operand[1]
    assert described.nullable is not isinstance(operand[0], Count)


STEPS = st.lists(st.tuples(st.sampled_from(["where", "and_where", "or_where"]), comparisons()), max_size=5)


@given(STEPS)
def test_a_built_specification_equals_the_one_combined_by_hand(steps: list[tuple[str, Specification]]) -> None:
    builder = SpecificationBuilder(SPECIMEN, resolve)
    by_hand: Specification | None = None
    for step, part in steps:
        getattr(builder, step)(part)
        combine = or_ if step == "or_where" else and_
        by_hand = part if by_hand is None else combine(by_hand, part)

    assert builder.build() == (EVERYTHING if by_hand is None else bound(by_hand))


def test_the_steps_of_a_builder_apply_to_all_that_was_built_before() -> None:
    a, b, c = (("number", Op.EQ, number) for number in (1, 2, 3))

    built = SpecificationBuilder(SPECIMEN).where(*a).or_where(*b).and_where(*c).build()

    assert built == and_(or_(where(*a), where(*b)), where(*c))


def test_going_on_with_a_builder_leaves_what_was_built_as_it_is() -> None:
    builder = SpecificationBuilder(SPECIMEN).where("number", Op.EQ, 1)
    first = builder.build()

    builder.or_where("number", Op.EQ, 2)

    assert first == where("number", Op.EQ, 1)


def test_a_builder_refuses_a_step_at_once() -> None:
    builder = SpecificationBuilder(SPECIMEN)

    with pytest.raises(ValueError, match="txet"):
        builder.where("txet", Op.EQ, "a")
    with pytest.raises(TypeError, match=r"Specimen\.number eq 'one'"):
        builder.or_where("number", Op.EQ, "one")
    with pytest.raises(TypeError, match="Say how number is compared"):
        builder.and_where("number")
    assert builder.build() == EVERYTHING


@given(st.lists(st.uuids(), max_size=3), st.uuids(), specifications())
def test_identities_that_are_asked_for_alone_are_told(ids: list[UUID], id: UUID, other: Specification) -> None:
    assert identities(where("id", ComparisonOperator.EQ, id)) == (id,)
    assert identities(where("id", ComparisonOperator.IN, (*ids, *ids))) == tuple(dict.fromkeys(ids))
    for asked in (other, and_(where("id", ComparisonOperator.EQ, id), other), where("id", ComparisonOperator.NE, id)):
        assert not identities(asked) or asked in _of_identities(identities(asked))


def _of_identities(ids: Sequence[UUID]) -> Sequence[Specification]:
    return where("id", ComparisonOperator.EQ, ids[0]), where("id", ComparisonOperator.IN, tuple(ids))


@given(st.sampled_from(sorted(FIELDS)), st.sampled_from(ComparisonOperator), st.data())
def test_what_is_known_to_be_suitable_is_bound_as_it_is(field: str, operator: Op, data: st.DataObject) -> None:
    others = st.sampled_from(
        [None, "a" * 10_001, "\0", Decimal("1E+40"), Decimal("1E-40"), 2**63, True, 1, Json.of({})]
    )
    one = operand_values(FIELDS[field], operator)
    value = data.draw(one | others | st.lists(one | others, max_size=3).map(tuple))
    comparison = where(field, operator, value)

    if suitability_of(field, operator, SPECIMEN, resolve)(value):
        assert bound(comparison) is comparison or operator in {Op.IN, Op.BETWEEN}
        assert bound(comparison) == comparison


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_most_values_are_known_to_be_suitable(field: str, data: st.DataObject) -> None:
    kind = FIELDS[field]
    operator = data.draw(st.sampled_from(suitable(kind)))
    value = data.draw(operand_values(kind, operator))

    # Escapes, exponents and moments in other zones are looked at closely.
    is_plain = not re.search(r"\\|E\+|timezone\(", repr(value))
    assert suitability_of(field, operator, SPECIMEN, resolve)(value) or not is_plain


def test_nothing_is_suitable_for_what_is_not_there() -> None:
    assert not suitability_of("nothing", Op.EQ, SPECIMEN, resolve)(1)
    assert not suitability_of("number", Op.LIKE, SPECIMEN, resolve)("a")
    assert not suitability_of("mood", Op.GT, SPECIMEN, resolve)(Mood.CALM)
