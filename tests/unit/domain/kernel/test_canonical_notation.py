import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.specification import (
    EVERYTHING,
    NOTHING,
    ComparisonOperator,
    Count,
    MalformedNotation,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    and_,
    not_,
    or_,
    parsed,
    printed,
    where,
)
from tests.unit.domain.shop import MODEL
from tests.unit.domain.specimens import FIELDS, SPECIMEN, Mood, resolve

Op = ComparisonOperator


def restored(text: str) -> Specification:
    return parsed(text, SPECIMEN, resolve)


def _fault_of(day: str) -> str:
    """Give what this Python says of a day that there is not, which each says in other words."""
    with pytest.raises(ValueError, match="day") as raised:
        date.fromisoformat(day)
    return str(raised.value)


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        (EVERYTHING, "true"),
        (NOTHING, "false"),
        (where("number", Op.EQ, 1), '["number","eq",1]'),
        (not_(where("text", Op.LIKE, "%a\\_")), r'["not",["text","like","%a\\_"]]'),
        (
            and_(where("number", Op.GT, 1), or_(where("flag", Op.EQ, True), where("mood", Op.NE, Mood.CALM))),
            '["and",["number","gt",1],["or",["flag","eq",true],["mood","ne","calm"]]]',
        ),
        (
            RelationSpecification("children", Quantifier.SOME, where("text", Op.IS_NULL, True)),
            '["children","some",["text","isNull",true]]',
        ),
        (RelationSpecification("parent", Quantifier.ONE, EVERYTHING), '["parent","one",true]'),
    ],
    ids=str,
)
def test_a_specification_is_short_text(specification: Specification, expected: str) -> None:
    assert printed(specification) == expected
    assert restored(expected) == specification


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("text", 'é "quoted"\n', r'"é \"quoted\"\n"'),
        ("number", -(2**63), "-9223372036854775808"),
        ("amount", Decimal("0.99"), "0.99"),
        ("amount", Decimal(1), "1"),
        ("amount", Decimal("1E-38"), "1E-38"),
        ("ratio", 1.0, "1.0"),
        ("ratio", 1e300, "1e+300"),
        ("moment", datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=UTC), '"2024-02-29T12:00:00.000001+00:00"'),
        ("day", date(2024, 2, 29), '"2024-02-29"'),
        ("flag", False, "false"),
        ("mood", Mood.LOUD, '"loud"'),
        ("parent_id", UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    ],
    ids=str,
)
def test_a_value_of_every_type_is_restored_exactly(field: str, value: Any, expected: str) -> None:
    for operator, compared, text in [
        (Op.EQ, value, expected),
        (Op.IN, (value, value), f"[{expected},{expected}]"),
    ]:
        comparison = where(field, operator, compared)
        assert printed(comparison) == f'["{field}","{operator}",{text}]'
        assert repr(restored(printed(comparison))) == repr(comparison)


@pytest.mark.parametrize(
    ("operand", "expected"),
    [
        (Through("parent", "number"), "parent.number"),
        (Through("parent", Through("parent", "number")), "parent.parent.number"),
        (Count("children"), "#children"),
        (Through("parent", Count("children")), "parent.#children"),
    ],
    ids=str,
)
def test_an_operand_is_its_path(operand: Operand, expected: str) -> None:
    comparison = where(operand, Op.LT, 1)

    assert printed(comparison) == f'["{expected}","lt",1]'
    assert restored(printed(comparison)) == comparison


def test_a_number_has_the_type_of_its_field() -> None:
    assert repr(restored('["amount","in",[1,1.50]]')) == repr(where("amount", Op.IN, (Decimal(1), Decimal("1.50"))))
    assert repr(restored('["number","in",[1]]')) == repr(where("number", Op.IN, (1,)))


@pytest.mark.parametrize("field", FIELDS)
def test_absence_is_asked_for_whatever_the_type(field: str) -> None:
    comparison = where(field, Op.IS_NULL, True)

    assert restored(printed(comparison)) == comparison


@pytest.mark.parametrize(
    "specification",
    [
        RelationSpecification("album", Quantifier.ONE, where("released_on", Op.EQ, date(1973, 3, 28))),
        where(Through("album", Through("artist", "name")), Op.EQ, "Led Zeppelin"),
        where(Through("album", Through("artist", Count("albums"))), Op.GT, 1),
    ],
    ids=printed,
)
def test_the_other_side_of_a_relation_is_read_as_what_it_is(specification: Specification) -> None:
    assert parsed(printed(specification), MODEL["Track"], MODEL.__getitem__) == specification


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "The text is not JSON: "),
        ('["number","eq",1', "The text is not JSON: "),
        ('["number","eq",1]]', "The text is not JSON: "),
        ("null", "None is no specification."),
        ("1", "1 is no specification."),
        ('"true"', "'true' is no specification."),
        ("{}", "{} is no specification."),
        ("[]", "[] is no specification."),
        ('["number","eq"]', "['number', 'eq'] is no specification."),
        ('["number","equals",1]', "['number', 'equals', 1] is no specification."),
        ('["number",["eq"],1]', "['number', ['eq'], 1] is no specification."),
        ('["xor",true,false]', "['xor', True, False] is no specification."),
        ('["and",1]', "1 is no specification."),
        ('["not"]', "['not'] is no specification."),
        ('["uncle","one",true]', "Specimen has no relation uncle."),
        ('["parent","some",true]', "Specimen.parent cannot be asked for some."),
        ('["children","one",true]', "Specimen.children cannot be asked for one."),
        ('["txet","eq",1]', "Specimen has no field txet; it has id, "),
        ('["","eq",1]', "Specimen has no field ; it has id, "),
        ('["#parent","eq",1]', "Specimen has no relation parent to many."),
        ('["children.text","eq",1]', "Specimen has no relation children to one."),
        ('["number","eq","1"]', "Specimen.number eq '1': must be int, not str."),
        ('["number","eq",1.0]', "Specimen.number eq Decimal('1.0'): must be int, not Decimal."),
        ('["number","eq",null]', "Specimen.number eq None: nothing compares with an absent value"),
        ('["number","eq",[1]]', "Specimen.number eq (1,): must be int, not tuple."),
        ('["number","in",1]', "Specimen.number in 1: expected a list of values."),
        ('["number","between",[1]]', "Specimen.number between (1,): expected a lower and an upper bound."),
        ('["number","isNull",1]', "Specimen.number isNull 1: expected true or false."),
        ('["number","contains","1"]', "Specimen.number contains '1': contains is for text, not for int."),
        ('["number","eq",9223372036854775808]', "Specimen.number eq 9223372036854775808: must fit in 64 bits."),
        ('["number","eq",1' + "0" * 5000 + "]", "is no number that a field can hold."),
        ('["amount","eq",NaN]', "Specimen.amount eq Decimal('NaN'): must be a finite number."),
        ('["amount","eq",1e999999999999999999999]', "is no number that a field can hold."),
        ('["amount","eq",1e99]', "Specimen.amount eq Decimal('1E+99'): the number has more than 38 digits."),
        ('["ratio","eq",1e999]', "Specimen.ratio eq inf: must be a finite number."),
        ('["ratio","eq",1]', "Specimen.ratio eq 1: must be float, not int."),
        ('["mood","eq","sad"]', "Specimen.mood eq 'sad': 'sad' is not a valid Mood."),
        ('["mood","in",["calm",{}]]', "Specimen.mood in ['calm', {}]: {} is not a valid Mood."),
        ('["day","eq","2024-02-30"]', f"Specimen.day eq '2024-02-30': {_fault_of('2024-02-30')}."),
        ('["day","eq",20240229]', "Specimen.day eq 20240229: must be date, not int."),
        ('["moment","eq","2024-02-29T12:00:00"]', "must carry a time zone."),
        ('["moment","eq","noon"]', "Specimen.moment eq 'noon': Invalid isoformat string: 'noon'."),
        ('["parent_id","eq","1"]', "Specimen.parent_id eq '1': badly formed hexadecimal UUID string."),
        ('["text","eq","\\u0000"]', "holds a NUL or a lone surrogate, which no database stores."),
        ('["text","like","\\\\"]', "the pattern ends with a backslash; write two to mean the character itself."),
        ('["not",' * 100_000 + "true" + "]" * 100_000, "The text nests too deeply for a specification."),
        ('["' + "parent." * 100_000 + 'text","eq","a"]', "The text nests too deeply for a specification."),
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_specification_of_the_entity_is_refused_in_a_sentence(text: str, fault: str) -> None:
    with pytest.raises(MalformedNotation) as caught:
        restored(text)

    assert fault in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [None, object(), b"a", {"a": 1}, [1]], ids=lambda value: type(value).__name__)
def test_a_value_that_no_field_has_is_not_written(value: object) -> None:
    with pytest.raises(TypeError, match=r"No field is compared with .*; bind the specification to its entity"):
        printed(where("number", Op.EQ, value))


def test_the_words_of_a_notation_are_told_apart() -> None:
    """A comparison, a relation and a connective are lists; the words in them must not be the same."""
    operators, quantifiers = {one.value for one in Op}, {one.value for one in Quantifier}

    assert not operators & quantifiers


PROGRAM = """
from domain.kernel.specification import ComparisonOperator, and_, bind, canonical, printed, where
from tests.unit.domain.specimens import SPECIMEN
words = frozenset("the quick brown fox jumps over a lazy dog".split())
several = {where("text", ComparisonOperator.IN, words), where("number", ComparisonOperator.NE, 1)}
print(printed(canonical(bind(and_(*several), SPECIMEN))), end="")
"""
QUICK = '["text","in",["a","brown","dog","fox","jumps","lazy","over","quick","the"]]'


def test_every_process_writes_the_same(pytestconfig: pytest.Config) -> None:
    """Sets are in another order where texts have other hashes."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=pytestconfig.rootpath,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert texts == {f'["and",["number","ne",1],{QUICK}]'}
