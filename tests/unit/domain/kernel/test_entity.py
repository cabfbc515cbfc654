from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

import pytest

from domain.kernel.clock import utc_now
from domain.kernel.description import Field
from domain.kernel.entity import Entity, Reference, TimestampedEntity, describe, values_of
from domain.kernel.identity import new_id
from domain.kernel.messages import Event
from domain.kernel.relations import Relation, ToMany
from domain.kernel.specification import EVERYTHING, NOTHING, Specification
from domain.kernel.viewer import ANONYMOUS, Viewer


@dataclass(slots=True, kw_only=True, eq=False)
class Shelf(TimestampedEntity):
    """A place for boxes.

    It is made of wood.
    """

    relations: ClassVar[Mapping[str, Relation]] = {"boxes": ToMany("Box", via="shelf_id", description="What it holds.")}

    label: Annotated[str, Field("What it says.")]
    note: str = "nobody is told"


@dataclass(slots=True, kw_only=True, eq=False)
class Box(Entity):
    shelf_id: Annotated[UUID, Field("Where it stands.", references="Shelf")]
    deleted_at: Annotated[datetime | None, Field("When it was thrown away.")] = None


@dataclass(slots=True, kw_only=True, eq=False)
class Safe(Box):
    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        return EVERYTHING if viewer.is_staff else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    to: str


def test_one_identity_is_one_thing_whatever_its_values() -> None:
    id = new_id()

    assert Shelf(id=id, label="A") == Shelf(id=id, label="B")
    assert len({Shelf(id=id, label="A"), Shelf(id=id, label="B")}) == 1
    assert Shelf(label="A") != Shelf(label="A")


def test_things_of_different_kinds_are_different_whatever_their_identity() -> None:
    id = new_id()

    assert Shelf(id=id, label="A") != Box(id=id, shelf_id=id)
    assert Shelf(id=id, label="A") != id


def test_a_new_thing_has_an_identity_its_first_version_and_the_time() -> None:
    before = utc_now()
    shelf = Shelf(label="A")

    assert shelf.id.version == 7
    assert shelf.version == 1
    assert before <= shelf.created_at <= shelf.updated_at <= utc_now()
    assert shelf.created_at.tzinfo is UTC


def test_recorded_events_are_taken_once_and_oldest_first() -> None:
    shelf = Shelf(label="A")
    events = [Moved(entity_id=shelf.id, to="left"), Moved(entity_id=shelf.id, to="right")]
    for event in events:
        shelf.record(event)

    assert shelf.take_events() == tuple(events)
    assert shelf.take_events() == ()


def test_events_of_one_thing_are_not_those_of_another() -> None:
    one, other = Shelf(label="A"), Shelf(label="B")
    one.record(Moved(entity_id=one.id, to="left"))

    assert other.take_events() == ()


def test_an_event_knows_when_it_happened_and_sorts_after_earlier_ones() -> None:
    id = new_id()
    first, second = Moved(entity_id=id, to="left"), Moved(entity_id=id, to="right")

    assert first.event_id < second.event_id
    assert first.occurred_at <= second.occurred_at <= utc_now()


def test_an_entity_is_described_by_its_annotations_its_docstring_and_its_relations() -> None:
    description = describe(Shelf)

    assert (description.entity, description.name, description.description) == (Shelf, "Shelf", "A place for boxes.")
    assert list(description.fields) == ["id", "version", "created_at", "updated_at", "label"]
    assert description.relations == Shelf.relations


def test_an_entity_is_described_once() -> None:
    assert describe(Shelf) is describe(Shelf)


def test_an_entity_that_marks_what_is_removed_says_so() -> None:
    assert describe(Box).is_soft_deletable
    assert not describe(Shelf).is_soft_deletable


@pytest.mark.parametrize(("entity", "hidden"), [(Shelf, False), (Box, True), (Safe, True)])
def test_what_is_marked_as_removed_or_not_for_everybody_may_be_hidden(entity: type[Entity], hidden: bool) -> None:
    assert describe(entity).may_be_hidden is hidden


def test_everybody_sees_what_no_entity_says_otherwise_of() -> None:
    assert Shelf.visible_to(ANONYMOUS) == EVERYTHING


def test_the_values_of_an_entity_are_its_described_fields() -> None:
    shelf = Shelf(label="A")

    assert values_of(shelf) == {
        "id": shelf.id,
        "version": 1,
        "created_at": shelf.created_at,
        "updated_at": shelf.updated_at,
        "label": "A",
    }


def test_a_reference_is_the_name_of_the_entity_it_stands_for() -> None:
    assert Reference[Shelf]("Shelf") == Reference("Shelf")
    assert Reference[Shelf]("Shelf").name == "Shelf"
