"""One identity is one object: what is stored, known, new and to go is told without a database."""

from typing import Any
from uuid import UUID

import pytest

from domain.artist.entity import Artist
from domain.artist.events import ArtistRenamed
from domain.kernel.errors import Conflict
from domain.kernel.identity import new_id
from domain.kernel.messages import Event
from domain.kernel.model import DomainModel
from domain.kernel.row_change import RowChange
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.identity_map import IdentityMap
from graphql_api.persistence.mapping import EntityTables, Mapped


@pytest.fixture(scope="module")
def mapped() -> Mapped:
    tables = [served.tables.TABLES for served in MANIFEST]
    return EntityTables(DomainModel([kind for some in tables for kind in some]), tables).mapped["Artist"]


def row_of(mapped: Mapped, artist: Artist) -> dict[str, Any]:
    return dict(zip(mapped.members.names, mapped.members.of_entity(artist), strict=True))


def test_a_row_that_comes_again_is_the_object_as_it_was_made_meanwhile(mapped: Mapped) -> None:
    entities, row = IdentityMap[Artist](mapped, witnessed=False), row_of(mapped, Artist(name="A"))
    first = entities.read(row)
    first.name = "B"
    assert entities.read(row) is first
    assert first.name == "B"
    assert [known.entity for known in entities.changed()] == [first]


def test_a_row_of_another_version_than_was_expected_is_a_conflict(mapped: Mapped) -> None:
    entities, row = IdentityMap[Artist](mapped, witnessed=False), row_of(mapped, Artist(name="A"))
    entities.expect(row["id"], row["version"] + 1)
    with pytest.raises(Conflict):
        entities.read(row)


def test_what_is_added_and_removed_at_once_is_not_stored(mapped: Mapped) -> None:
    entities, artist = IdentityMap[Artist](mapped, witnessed=True), Artist(name="A")
    entities.add(artist)
    entities.remove(artist)
    assert not entities.has_new
    assert not [*entities.take_changes()]


def test_what_is_removed_and_added_again_stays(mapped: Mapped) -> None:
    entities, row = IdentityMap[Artist](mapped, witnessed=True), row_of(mapped, Artist(name="A"))
    artist = entities.read(row)
    entities.remove(artist)
    entities.add(artist)
    assert not entities.has_new
    assert not [*entities.take_removed()]


def test_changes_are_told_from_the_first_state_to_the_last_and_once(mapped: Mapped) -> None:
    entities, row = IdentityMap[Artist](mapped, witnessed=True), row_of(mapped, Artist(name="A"))
    artist = entities.read(row)
    for name in ("B", "C"):
        artist.name = name
        (known,) = entities.changed()
        assert entities.take_update(known).changes["name"] == name
    assert [(change.before or {})["name"] for change in taken(entities)] == ["A"]
    assert not taken(entities)


def test_several_are_changed_and_removed_in_the_order_of_their_identities(mapped: Mapped) -> None:
    entities: IdentityMap[Artist] = IdentityMap(mapped, witnessed=False)
    ids: list[UUID] = sorted(new_id() for _ in range(5))
    artists = [entities.read(row_of(mapped, Artist(id=id, name="A"))) for id in reversed(ids)]
    for artist in artists:
        artist.name = "B"
    assert [known.entity.id for known in entities.changed()] == ids
    assert entities.take_only_update() is None
    for artist in artists:
        entities.remove(artist)
    assert [known.entity.id for known in entities.take_removed()] == ids


def test_what_is_deleted_is_told_as_it_was_stored_with_its_events(mapped: Mapped) -> None:
    entities, row = IdentityMap[Artist](mapped, witnessed=True), row_of(mapped, Artist(name="A"))
    artist = entities.read(row)
    artist.rename("B")
    entities.remove(artist)
    assert len([*entities.take_removed()]) == 1
    assert taken(entities) == [RowChange("Artist", row, None)]
    events: list[Event] = []
    entities.take_events(events)
    assert [type(event) for event in events] == [ArtistRenamed]


def test_of_what_was_read_elsewhere_nobody_knows_how_it_was_stored(mapped: Mapped) -> None:
    entities = IdentityMap[Artist](mapped, witnessed=True)
    entities.remove(Artist(name="A"))
    assert taken(entities) == [RowChange("Artist")]


def taken(entities: IdentityMap[Artist]) -> list[RowChange]:
    return [*entities.take_changes()]
