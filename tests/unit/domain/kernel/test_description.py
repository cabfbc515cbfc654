from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import pytest

from domain.kernel.description import Field, describe_fields
from domain.kernel.omitted import OMITTED, Omitted
from domain.kernel.validation import Distinct, Length
from domain.kernel.viewer import ANONYMOUS, Viewer

TITLE = Field("The title.", Length(1, 9), example="Coda")
Title = Annotated[str, TITLE]
Mark = Annotated[UUID, Field("A mark.", references="Mark")]


@dataclass
class Everything:
    plain: Title
    commented: Annotated[int, "a word for readers", Field("A number.")]
    nullable: Title | None
    old_style: Optional[Title]  # noqa: UP045  # as older code has it
    inside: Annotated[Decimal | None, Field("A price.")]
    several: Annotated[Sequence[UUID], Field("Marks.", Distinct(), references="Mark")]
    listed: Annotated[list[date], Field("Days.")]
    in_a_tuple: Annotated[tuple[int, ...], Field("Numbers.")]
    described_members: Annotated[Sequence[Title], Field("Titles.")]
    nullable_several: Annotated[Sequence[UUID] | None, Field("Marks.")]
    undescribed: int
    left_out: Title | Omitted = OMITTED
    left_out_or_nothing: Title | Omitted | None = OMITTED
    with_default: Title = "Coda"
    made: Annotated[list[int], Field("Numbers.")] = field(default_factory=list)


DESCRIBED = describe_fields(Everything)


@pytest.mark.parametrize(
    ("name", "kind", "nullable", "many", "optional"),
    [
        ("plain", str, False, False, False),
        ("commented", int, False, False, False),
        ("nullable", str, True, False, False),
        ("old_style", str, True, False, False),
        ("inside", Decimal, True, False, False),
        ("several", UUID, False, True, False),
        ("listed", date, False, True, False),
        ("in_a_tuple", int, False, True, False),
        ("described_members", str, False, True, False),
        ("nullable_several", UUID, True, True, False),
        ("left_out", str, False, False, True),
        ("left_out_or_nothing", str, True, False, True),
        ("with_default", str, False, False, True),
        ("made", int, False, True, True),
    ],
)
def test_a_field_is_described_by_its_annotation(
    name: str, kind: type, nullable: bool, many: bool, optional: bool
) -> None:
    described = DESCRIBED[name]

    assert described.name == name
    assert (described.type, described.nullable, described.many, described.optional) == (kind, nullable, many, optional)


def test_what_is_said_of_a_field_stays_with_it() -> None:
    for name in ("plain", "nullable", "old_style", "left_out", "left_out_or_nothing", "with_default"):
        described = DESCRIBED[name]
        assert (described.description, described.rules, described.example) == ("The title.", (Length(1, 9),), "Coda")
        assert described.references is None
    assert DESCRIBED["several"].references == "Mark"
    assert DESCRIBED["several"].rules == (Distinct(),)


def test_fields_keep_their_order_and_those_without_a_description_are_left_out() -> None:
    assert "undescribed" not in DESCRIBED
    assert list(DESCRIBED) == [name for name in Everything.__dataclass_fields__ if name != "undescribed"]


def test_a_description_is_made_once_and_cannot_be_changed() -> None:
    assert describe_fields(Everything) is DESCRIBED
    with pytest.raises(TypeError):
        DESCRIBED["plain"] = DESCRIBED["several"]  # type: ignore[index]  # that is what is shown


def test_fields_of_a_base_class_are_described_too() -> None:
    @dataclass
    class More(Everything):
        mark: Mark | None = None

    assert list(describe_fields(More)) == [*DESCRIBED, "mark"]


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (int | str, "is a union of several types"),
        (int | str | None, "is a union of several types"),
        (dict[str, int], "declare one plain type"),
        (Any, "declare one plain type"),
        (Sequence[int | None], "declare one plain type"),
        (Sequence[Sequence[int]], "declare one plain type"),
        (Literal["a", "b"], "declare one plain type"),
    ],
    ids=str,
)
def test_a_field_that_is_not_of_one_plain_type_is_refused(hint: Any, said: str) -> None:
    faulty: type = dataclass(type("Faulty", (), {"__annotations__": {"broken": Annotated[hint, Field("A value.")]}}))

    with pytest.raises(TypeError, match=said):
        describe_fields(faulty)


def test_a_field_may_be_for_some_roles_only() -> None:
    @dataclass
    class Ledger:
        open: Annotated[int, Field("For everybody.")]
        closed: Annotated[int, Field("For a few.", readable_by=frozenset({"staff", "auditor"}))]
        sealed: Annotated[int, Field("For nobody.", readable_by=frozenset())]

    viewers = [ANONYMOUS, Viewer(frozenset({"buyer"})), Viewer(frozenset({"buyer", "auditor"}))]
    readable = {
        name: [described.is_readable_by(viewer) for viewer in viewers]
        for name, described in describe_fields(Ledger).items()
    }

    assert readable == {"open": [True, True, True], "closed": [False, False, True], "sealed": [False, False, False]}
