"""The canonical form: specifications that differ in order, nesting or spelling only become the same one.

Negation stands at comparisons that have no exact opposite, and at relations to one: where there is nothing related,
both the statement and that of the opposite are false. Of the quantifiers over many, SOME and NONE say everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, assert_never

from domain.kernel.specification.notation import printed, written, written_value
from domain.kernel.specification.operands import Operand
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.tree import (
    EVERYTHING,
    NOTHING,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)


class _Form(NamedTuple):
    """A specification in canonical form, with its notation, which parts are told apart and sorted by."""

    text: str
    specification: Specification
    parts: Sequence["_Form"] = ()


def canonical(specification: Specification) -> Specification:
    """Return the one form that a bound specification shares with those of the same meaning, rearranged.

    Contradictions and implications between parts are left as they are.
    """
    return _form(specification, negated=False).specification


def _formed(specification: Specification, *parts: _Form) -> _Form:
    return _Form(written(specification, [part.text for part in parts]), specification, parts)


_EVERYTHING, _NOTHING = _formed(EVERYTHING), _formed(NOTHING)
_OPPOSITES: Mapping[Connective, Connective] = {Connective.AND: Connective.OR, Connective.OR: Connective.AND}


def _form(specification: Specification, negated: bool) -> _Form:
    match specification:
        case FieldSpecification():
            comparison = _comparison(specification, negated)
            return _Form(printed(comparison), comparison)
        case CompositeSpecification(connective, parts):
            return _composite(_OPPOSITES[connective] if negated else connective, parts, negated)
        case NotSpecification(part):
            return _form(part, not negated)
        case RelationSpecification():
            return _relation(specification, negated)
        case _:
            assert_never(specification)


def _composite(connective: Connective, parts: Iterable[Specification], negated: bool) -> _Form:
    found: dict[str, _Form] = {}
    for part in parts:
        _collect(part, negated, connective, found)
    decisive = _NOTHING if connective is Connective.AND else _EVERYTHING
    if decisive.text in found:
        return decisive
    if len(found) == 1:
        return found.popitem()[1]
    ordered = [found[text] for text in sorted(found)]
    return _formed(CompositeSpecification(connective, tuple([part.specification for part in ordered])), *ordered)


def _collect(specification: Specification, negated: bool, connective: Connective, found: dict[str, _Form]) -> None:
    """Find what a part adds to a composite: its own parts where they are combined in the same way, or itself."""
    match specification:
        case NotSpecification(part):
            _collect(part, not negated, connective, found)
        case CompositeSpecification(own, parts) if (own is connective) is not negated:
            for part in parts:
                _collect(part, negated, connective, found)
        case _:
            form = _form(specification, negated)
            if _combines(form.specification, connective):  # what was combined in the other way came down to this
                found.update((part.text, part) for part in form.parts)
            else:
                found[form.text] = form


def _combines(specification: Specification, connective: Connective) -> bool:
    return isinstance(specification, CompositeSpecification) and specification.connective is connective


def _relation(specification: RelationSpecification, negated: bool) -> _Form:
    name, quantifier = specification.relation, specification.quantifier
    part = _form(specification.part, negated=quantifier is Quantifier.EVERY)
    exists = (quantifier is Quantifier.ONE or quantifier is Quantifier.SOME) is not negated
    if part.text == _NOTHING.text:
        return _NOTHING if exists else _EVERYTHING
    if quantifier is Quantifier.ONE:
        related = _formed(RelationSpecification(name, quantifier, part.specification), part)
        return _formed(NotSpecification(related.specification), related) if negated else related
    how = Quantifier.SOME if exists else Quantifier.NONE
    return _formed(RelationSpecification(name, how, part.specification), part)


def _comparison(specification: FieldSpecification, negated: bool) -> Specification:
    plain = _plain(specification)
    if not isinstance(plain, FieldSpecification):
        return EVERYTHING if negated else NOTHING
    return _negated(plain) if negated else plain


def _negated(comparison: FieldSpecification) -> Specification:
    """Write the comparison that is true just where this one is not, absent values included."""
    field, operator, value = comparison.criteria.field, comparison.criteria.operator, comparison.criteria.value
    match operator:
        case ComparisonOperator.EQ:
            return where(field, ComparisonOperator.NE, value)
        case ComparisonOperator.NE:
            return where(field, ComparisonOperator.EQ, value)
        case ComparisonOperator.IS_NULL:
            return where(field, operator, not value)
        case _:
            return NotSpecification(comparison)


def _plain(comparison: FieldSpecification) -> Specification:
    """Write a comparison with plain values, in the plainest way; one that is never true as NOTHING."""
    field, operator, value = comparison.criteria.field, comparison.criteria.operator, comparison.criteria.value
    match operator:
        case ComparisonOperator.IN:
            members = {written_value(one): one for one in map(_plain_value, value)}
            values = tuple([members[text] for text in sorted(members)])
            return where(field, operator, values) if len(values) > 1 else _equal(field, values)
        case ComparisonOperator.BETWEEN:
            lower, upper = map(_plain_value, value)
            if lower < upper:
                return where(field, operator, (lower, upper))
            return _equal(field, (lower,) if lower == upper else ())
        case _:
            plain = _plain_value(value)
            return comparison if plain is value else where(field, operator, plain)


def _equal(field: Operand, values: tuple[Any, ...]) -> Specification:
    """Write that a field has the only value that there is, if any."""
    return where(field, ComparisonOperator.EQ, values[0]) if values else NOTHING


def _plain_value(value: Any) -> Any:
    """Choose one of the values that are equal: numbers without trailing zeros, moments in UTC."""
    match value:
        case Decimal():
            return _plain_decimal(value)
        case datetime():
            return value.astimezone(UTC)
        case float():
            return value + 0.0  # makes -0.0 positive
        case _:
            return value


def _plain_decimal(value: Decimal) -> Decimal:
    if not value:
        return Decimal(0)  # whatever its sign and however many its places
    digits = f"{value:f}"  # not `normalize`, which rounds to the digits of the decimal context
    plain = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return value if plain == str(value) else Decimal(plain)
