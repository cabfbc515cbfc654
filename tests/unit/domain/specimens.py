"""An entity with a field of every type and relations to itself, candidates like it, and what can be said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st

from domain.kernel.description import Field
from domain.kernel.entity import Entity, EntityDescription, describe
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.specification import (
    ComparisonOperator,
    Count,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    and_,
    not_,
    or_,
    where,
)


class Mood(Enum):
    CALM = "calm"
    LOUD = "loud"


@dataclass(slots=True, kw_only=True, eq=False)
class Specimen(Entity):
    """A thing that exists to be compared."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "parent": ToOne("Specimen", via="parent_id", description="Where it comes from."),
        "children": ToMany("Specimen", via="parent_id", description="What comes from it."),
    }

    text: Annotated[str | None, Field("A text.")] = None
    number: Annotated[int | None, Field("An integer.")] = None
    amount: Annotated[Decimal | None, Field("An exact number.")] = None
    ratio: Annotated[float | None, Field("An inexact number.")] = None
    moment: Annotated[datetime | None, Field("A moment.")] = None
    day: Annotated[date | None, Field("A day.")] = None
    flag: Annotated[bool | None, Field("Yes or no.")] = None
    mood: Annotated[Mood | None, Field("One of a few.")] = None
    parent_id: Annotated[UUID | None, Field("Where it comes from.", references="Specimen")] = None


SPECIMEN = describe(Specimen)
FIELDS: Mapping[str, type] = {
    "text": str,
    "number": int,
    "amount": Decimal,
    "ratio": float,
    "moment": datetime,
    "day": date,
    "flag": bool,
    "mood": Mood,
    "parent_id": UUID,
}
TEXT = frozenset({"like", "contains", "startsWith", "endsWith", "iContains", "iStartsWith", "iEndsWith"})
ORDERING = frozenset({"gt", "ge", "lt", "le", "between"})
UNORDERED = frozenset({bool, Mood, UUID})

# Few enough values that two of them are often equal, and each kind that is easily taken for another.
TEXTS = st.text(st.sampled_from("aAbB%_\\İiΣσς𝄞\n"), max_size=4)  # noqa: RUF001  # look-alikes are the point
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
MOMENTS = st.builds(
    lambda zone, minutes: (datetime(2024, 2, 29, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(zone),
    ZONES,
    st.integers(-2, 2),
)
VALUES: Mapping[type, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-2, 2) | st.sampled_from([2**63 - 1, -(2**63)]),
    Decimal: st.sampled_from(["-1", "-0.00", "0", "0.1", "0.10", "1", "1E+1", "10"]).map(Decimal),
    float: st.sampled_from([-1.5, -0.0, 0.0, 0.1, 1.5, 1e300]),
    datetime: MOMENTS,
    date: st.dates(date(2024, 2, 28), date(2024, 3, 1)),
    bool: st.booleans(),
    Mood: st.sampled_from(Mood),
    UUID: st.integers(0, 2).map(lambda number: UUID(int=number)),
}
# Choosing is much faster than making, and a tree of candidates has many fields.
POOLS: Mapping[type, Sequence[Any]] = {
    str: ["", "a", "A", "ab", "a%b", "i", "İ", "aΣ", "𝄞\n"],
    int: [-1, 0, 1, 2, 2**63 - 1],
    Decimal: [Decimal(-1), Decimal(0), Decimal("0.1"), Decimal(10)],
    float: [-1.5, -0.0, 0.1],
    datetime: [datetime(2024, 2, 29, tzinfo=UTC), datetime(2024, 2, 29, 14, 1, tzinfo=timezone(timedelta(hours=14)))],
    date: [date(2024, 2, 28), date(2024, 3, 1)],
    bool: [True, False],
    Mood: [*Mood],
    UUID: [UUID(int=0), UUID(int=1)],
}
PATTERNS = st.lists(st.sampled_from([*"aAbB%%_İΣ𝄞\n", r"\%", r"\_", r"\\", r"\a"]), max_size=5).map("".join)


def resolve(name: str) -> EntityDescription:
    assert name == SPECIMEN.name
    return SPECIMEN


def suitable(kind: type) -> list[ComparisonOperator]:
    """List the operators that a field of a type can be compared by."""
    return [
        one
        for one in ComparisonOperator
        if (one not in TEXT or kind is str) and (one not in ORDERING or kind not in UNORDERED)
    ]


def operand_values(kind: type, operator: ComparisonOperator) -> st.SearchStrategy[Any]:
    """Give what an operator compares a field of a type with."""
    one = VALUES[kind]
    match operator:
        case ComparisonOperator.IN:
            return st.lists(one, max_size=3).map(tuple)
        case ComparisonOperator.BETWEEN:
            return st.tuples(one, one)
        case ComparisonOperator.IS_NULL:
            return st.booleans()
        case ComparisonOperator.LIKE:
            return PATTERNS
        case _:
            return one


def candidates(depth: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    """Give things with every field, and with relatives so many levels deep."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        name: st.sampled_from([None, *POOLS[kind]]) for name, kind in FIELDS.items()
    }
    if not depth:
        return st.fixed_dictionaries({**fields, "parent": st.none(), "children": st.just(())})
    relatives = candidates(depth - 1)
    children = st.lists(relatives, max_size=2).map(tuple)
    return st.fixed_dictionaries({**fields, "parent": st.none() | relatives, "children": children})


def as_object(candidate: Mapping[str, Any]) -> SimpleNamespace:
    """Return the same candidate with members instead of keys."""
    parent, children = candidate["parent"], candidate["children"]
    return SimpleNamespace(
        **{
            **candidate,
            "parent": None if parent is None else as_object(parent),
            "children": [as_object(child) for child in children],
        }
    )


def operands() -> st.SearchStrategy[tuple[Operand, type]]:
    """Give what can be compared, with its type."""
    fields: st.SearchStrategy[tuple[Operand, type]] = st.sampled_from(sorted(FIELDS.items()))
    counts: st.SearchStrategy[tuple[Operand, type]] = st.just((Count("children"), int))
    return st.recursive(fields | counts, lambda inner: inner.map(_of_parent), max_leaves=2)


def _of_parent(described: tuple[Operand, type]) -> tuple[Operand, type]:
    return Through("parent", described[0]), described[1]


@st.composite
def comparisons(draw: st.DrawFn) -> Specification:
    operand, kind = draw(operands())
    operator = draw(st.sampled_from(suitable(kind)))
    return where(operand, operator, draw(operand_values(kind, operator)))


def specifications() -> st.SearchStrategy[Specification]:
    """Give whole trees, relations included."""
    return st.recursive(comparisons(), _combined, max_leaves=6)


def _combined(inner: st.SearchStrategy[Specification]) -> st.SearchStrategy[Specification]:
    several = st.lists(inner, max_size=3)
    return st.one_of(
        inner.map(not_),
        several.map(lambda parts: and_(*parts)),
        several.map(lambda parts: or_(*parts)),
        st.builds(RelationSpecification, st.just("parent"), st.just(Quantifier.ONE), inner),
        st.builds(RelationSpecification, st.just("children"), st.sampled_from(MANY), inner),
    )


MANY = (Quantifier.SOME, Quantifier.NONE, Quantifier.EVERY)
