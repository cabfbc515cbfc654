"""The tree of a specification: pure data, hashable, with one evaluation in memory.

Two-valued on purpose: `~specification` is the exact complement, absent values included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never
from uuid import UUID

from domain.kernel.specification.operands import Operand, member, value_of
from domain.kernel.specification.operators import ComparisonOperator, compare

if TYPE_CHECKING:
    from domain.kernel.specification.filling import Filling


class _Combinable:
    """What every node can do: be combined with others, be evaluated, and wait with its fields until they are read."""

    __slots__ = ("filling",)

    filling: "Filling | None"
    """The shape and the values that it was made of, if it was: it may have no fields yet."""

    # Python asks for what is not there. A checker would take it that every name is.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "filling":
                return None
            if self.filling is None or name not in self.__slots__:
                raise AttributeError(f"{type(self).__name__} has no {name}.")
            tree = self.filling.tree()
            for field in self.__slots__:
                object.__setattr__(self, field, getattr(tree, field))
            return getattr(self, name)

    def __and__(self, other: "Specification") -> "CompositeSpecification":
        return and_(self, other)  # type: ignore[arg-type]  # every subclass is a node

    def __or__(self, other: "Specification") -> "CompositeSpecification":
        return or_(self, other)  # type: ignore[arg-type]  # every subclass is a node

    def __invert__(self) -> "NotSpecification":
        return not_(self)  # type: ignore[arg-type]  # every subclass is a node

    def is_satisfied_by(self, candidate: object) -> bool:
        """Evaluate in memory. A candidate has its fields, and its relations where asked about, as members or keys."""
        return predicate(self)(candidate)  # type: ignore[arg-type]  # every subclass is a node


@dataclass(frozen=True, slots=True)
class FilterCriteria:
    """An operand, how it is compared, and with what: a tuple for `in` and `between`, a bool for `isNull`."""

    field: Operand
    operator: ComparisonOperator
    value: Any


@dataclass(frozen=True, slots=True)
class FieldSpecification(_Combinable):
    """One comparison of one field."""

    criteria: FilterCriteria


class Connective(Enum):
    """How the parts of a composite are combined."""

    AND = "and"
    OR = "or"

    # That of an enumeration is a function in Python, which each lookup of a statement would call a dozen times.
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class CompositeSpecification(_Combinable):
    """All parts, or at least one of them. Without parts AND is always satisfied and OR never, as in logic."""

    connective: Connective
    parts: tuple["Specification", ...]


@dataclass(frozen=True, slots=True)
class NotSpecification(_Combinable):
    """The exact complement of a part."""

    part: "Specification"


class Quantifier(Enum):
    """How many of the related must satisfy. ONE is for a relation to one, and false where there is none."""

    ONE = "one"
    SOME = "some"
    NONE = "none"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class RelationSpecification(_Combinable):
    """A statement about the things that a relation leads to."""

    relation: str
    quantifier: Quantifier
    part: "Specification"


Specification: TypeAlias = FieldSpecification | CompositeSpecification | NotSpecification | RelationSpecification

Predicate: TypeAlias = Callable[[Any], bool]

EVERYTHING = CompositeSpecification(Connective.AND, ())
NOTHING = CompositeSpecification(Connective.OR, ())


def where(field: Operand, operator: ComparisonOperator, value: Any) -> FieldSpecification:
    """Make a comparison; `bind` checks it against an entity."""
    return FieldSpecification(FilterCriteria(field, operator, value))


def and_(*parts: Specification) -> CompositeSpecification:
    """Require every part."""
    return CompositeSpecification(Connective.AND, parts)


def or_(*parts: Specification) -> CompositeSpecification:
    """Require at least one part."""
    return CompositeSpecification(Connective.OR, parts)


def not_(part: Specification) -> NotSpecification:
    """Require that the part is not satisfied."""
    return NotSpecification(part)


def identities(specification: Specification) -> Sequence[UUID]:
    """List the identities that a specification asks for alone, each once; none where it asks for anything else."""
    match specification:
        case FieldSpecification(FilterCriteria("id", ComparisonOperator.EQ, UUID() as id)):
            return (id,)
        case FieldSpecification(FilterCriteria("id", ComparisonOperator.IN, tuple() as ids)):
            return tuple(dict.fromkeys(ids)) if all(isinstance(id, UUID) for id in ids) else ()
        case _:
            return ()


def predicate(specification: Specification) -> Predicate:
    """Make the function that evaluates a specification in memory, for whoever has several candidates."""
    match specification:
        case FieldSpecification(FilterCriteria(operand, operator, value)):
            # Most operands are the names of fields.
            actual_of: Any = member if isinstance(operand, str) else value_of
            return lambda candidate: compare(actual_of(candidate, operand), operator, value)
        case CompositeSpecification(_, (part,)):
            return predicate(part)
        case CompositeSpecification(connective, parts):
            together, several = all if connective is Connective.AND else any, [predicate(part) for part in parts]
            return lambda candidate: together(holds(candidate) for holds in several)
        case NotSpecification(part):
            holds = predicate(part)
            return lambda candidate: not holds(candidate)
        case RelationSpecification(relation, quantifier, part):
            return _of_related(relation, quantifier, predicate(part))
        case _:
            assert_never(specification)


def _of_related(relation: str, quantifier: Quantifier, holds: Predicate) -> Predicate:
    match quantifier:
        case Quantifier.ONE:
            return lambda candidate: (one := member(candidate, relation)) is not None and holds(one)
        case Quantifier.SOME:
            return lambda candidate: any(map(holds, member(candidate, relation)))
        case Quantifier.NONE:
            return lambda candidate: not any(map(holds, member(candidate, relation)))
        case Quantifier.EVERY:
            return lambda candidate: all(map(holds, member(candidate, relation)))
        case _:
            assert_never(quantifier)
