from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import pytest

from domain.kernel.clock import utc_now
from domain.kernel.description import Field
from domain.kernel.entity import Entity, Reference, describe
from domain.kernel.model import DomainModel
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    where,
)
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from tests.unit.domain.shop import MODEL

Mark = Annotated[UUID | None, Field("Something else.")]


def entity(
    name: str, relations: Mapping[str, Relation] | None = None, visible_with: tuple[str, ...] = ()
) -> type[Entity]:
    members = {"relations": relations or {}, "visible_with": visible_with}
    return type(name, (Entity,), {**members, "__doc__": "A thing.", "__slots__": ()})


def owned(name: str, *fields: str, **members: Any) -> type[Entity]:
    """Make an entity that holds identities."""
    body = {"__annotations__": dict.fromkeys(fields, Mark), **dict.fromkeys(fields), "__doc__": "A thing.", **members}
    return dataclass(kw_only=True, eq=False)(type(name, (Entity,), body))


def faults(*entities: type[Entity]) -> list[str]:
    with pytest.raises(ValueError, match=r"^The entities do not fit together: ") as caught:
        DomainModel(entities)
    return str(caught.value).removeprefix("The entities do not fit together: ").split("; ")


def to_one(target: str, via: str) -> ToOne:
    return ToOne(target, via=via, description="Another.")


def test_entities_are_found_by_name_by_class_and_by_reference() -> None:
    thing = entity("Thing")
    model = DomainModel([thing])

    assert model["Thing"] is describe(thing)
    assert model.resolve(thing) is describe(thing)
    assert model.resolve(Reference("Thing")) is describe(thing)
    assert list(model) == [describe(thing)]


def test_every_fault_of_a_model_is_named_at_once() -> None:
    broken = entity(
        "Broken",
        {
            "one": to_one("Nowhere", via="one_id"),
            "many": ToMany("Nowhere", via="broken_id", description="Others."),
            "through": ToMany("Thing", through="Between", via="a", onward="b", description="Others."),
            "unheld": ToMany("Thing", via="broken_id", description="Others."),
        },
        visible_with=("many", "absent"),
    )

    twice = [entity(name) for name in ("Zebra", "Ant", "Zebra", "Ant")]

    assert faults(broken, entity("Thing"), *twice) == [
        "Ant is there more than once",
        "Zebra is there more than once",
        "Broken.one goes by Broken.one_id, which is not a field",
        "Broken.one leads to Nowhere, which is not among the entities",
        "Broken.many leads to Nowhere, which is not among the entities",
        "Broken.through leads to Between, which is not among the entities",
        "Broken.through leads to Between, which is not among the entities",
        "Broken.unheld goes by Thing.broken_id, which is not a field",
        "Broken is visible with many, which is no relation to one",
        "Broken is visible with absent, which is no relation to one",
    ]


def test_the_entity_between_two_others_must_hold_both_identities() -> None:
    through = ToMany("Thing", through="Between", via="a_id", onward="b_id", description="Others.")
    owner, thing = entity("Owner", {"things": through}), entity("Thing")

    assert faults(owner, thing, owned("Between", "a_id")) == ["Owner.things goes by Between.b_id, which is not a field"]
    DomainModel([owner, thing, owned("Between", "a_id", "b_id")])


def test_things_that_are_only_visible_with_each_other_are_refused() -> None:
    hen = owned("Hen", "egg_id", relations={"egg": to_one("Egg", via="egg_id")}, visible_with=("egg",))
    egg = owned("Egg", "hen_id", relations={"hen": to_one("Hen", via="hen_id")}, visible_with=("hen",))

    assert faults(hen, egg) == ["Hen is visible only with itself", "Egg is visible only with itself"]


def test_a_thing_that_is_only_visible_with_itself_is_refused() -> None:
    assert faults(owned("Knot", "id", relations={"self": to_one("Knot", via="id")}, visible_with=("self",))) == [
        "Knot is visible only with itself"
    ]


def test_the_application_sees_all_that_is_not_marked_as_removed() -> None:
    present = where("deleted_at", ComparisonOperator.IS_NULL, True)

    assert MODEL.visible_to(MODEL["Playlist"], None) == and_(present)
    assert MODEL.visible_to(MODEL["Invoice"], None) == and_()


def test_a_viewer_sees_what_the_entity_and_those_it_is_visible_with_let_them_see() -> None:
    class Secret(Entity):
        """Something for staff."""

        __slots__ = ()

        @classmethod
        def visible_to(cls, viewer: Viewer) -> Specification:
            return where("version", ComparisonOperator.GT, 0 if viewer.is_staff else 99)

    @dataclass(slots=True, kw_only=True, eq=False)
    class Page(Entity):
        """A part of it."""

        secret_id: Annotated[UUID, Field("What it is part of.", references="Secret")]
        deleted_at: Annotated[datetime | None, Field("When it was torn out.")] = None

    Page.relations = {"secret": to_one("Secret", via="secret_id")}
    Page.visible_with = ("secret",)
    model = DomainModel([Secret, Page])
    page = {"deleted_at": None, "secret": {"version": 1}}
    torn = {"deleted_at": utc_now(), "secret": {"version": 1}}

    def sees(viewer: Viewer, candidate: object) -> bool:
        return model.visible_to(model["Page"], viewer).is_satisfied_by(candidate)

    staff = Viewer(frozenset({STAFF}))
    assert [sees(staff, page), sees(ANONYMOUS, page), sees(staff, torn)] == [True, False, False]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Annotated[UUID, Field("What it is part of.", references="Thing")], and_()),
        (Mark, and_(RelationSpecification("thing", Quantifier.ONE, EVERYTHING))),
    ],
)
def test_what_everybody_sees_is_only_looked_for_where_it_may_not_be_there(mark: Any, expected: Specification) -> None:
    body = {"relations": {"thing": to_one("Thing", via="thing_id")}, "visible_with": ("thing",), "__doc__": "A part."}
    members = {"__annotations__": {"thing_id": mark}, **body}
    part: type[Entity] = dataclass(kw_only=True, eq=False)(type("Part", (Entity,), members))
    model = DomainModel([entity("Thing"), part])

    assert model.visible_to(model["Part"], ANONYMOUS) == expected
