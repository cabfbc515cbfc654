"""The fake keeps the promises of the port, or tests that rely on it prove nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.kernel.entity import Reference, values_of
from domain.kernel.errors import Conflict, ValidationFailed
from domain.kernel.identity import new_id
from domain.kernel.keyset import after
from domain.kernel.protocols import Identifiable
from domain.kernel.selection import Direction, SortKey, total
from domain.kernel.specification import (
    ComparisonOperator,
    Count,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    where,
)
from domain.kernel.specification.operands import value_of
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import MODEL, UNIQUE, Shop, a_customer, a_track, an_album, an_artist

Op = ComparisonOperator


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore(MODEL, UNIQUE)


async def names(store: InMemoryStore) -> list[str]:
    found = await InMemoryUnitOfWork(store).repository(Artist).find(order=(SortKey("name"),))
    return [artist.name for artist in found]


async def test_what_is_not_committed_is_forgotten(store: InMemoryStore) -> None:
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(an_artist("Nobody"))
        assert len(await work.repository(Artist).find()) == 1

    assert await names(store) == []


async def test_an_entity_that_was_not_read_through_the_store_cannot_change_it(store: InMemoryStore) -> None:
    artist = an_artist("Before")
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(artist)
        await work.commit()

    artist.rename("After")

    assert await names(store) == ["Before"]


async def test_one_identity_is_one_object_that_shows_its_changes(store: InMemoryStore) -> None:
    artist = an_artist("Before")
    async with InMemoryUnitOfWork(store) as work:
        artists = work.repository(Artist)
        await artists.add(artist)
        assert await artists.get(artist.id) is artist
        artist.rename("After")
        (found,) = await artists.find(where("name", Op.EQ, "After"))
        assert found is artist
        assert await artists.count(where("name", Op.EQ, "Before")) == 0
        await work.commit()

    async with InMemoryUnitOfWork(store) as work:
        first = await work.repository(Artist).get(artist.id)
        assert first is not artist
        assert await work.repository(Artist).get(artist.id) is first


async def test_each_change_that_is_written_counts(store: InMemoryStore) -> None:
    artist = an_artist("One")
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(artist)
        await work.commit()
        assert artist.version == 1
        artist.rename("Two")
        await work.repository(Artist).find()
        artist.rename("Three")
        await work.repository(Artist).find()
        assert artist.version == 3
        assert artist.updated_at > artist.created_at


@pytest.mark.parametrize("second", ["rename", "remove"])
async def test_the_second_of_two_changes_to_one_thing_is_a_conflict(store: InMemoryStore, second: str) -> None:
    entry = PlaylistEntry(playlist_id=new_id(), track_id=new_id())
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(PlaylistEntry).add(entry)
        await work.commit()

    one, other = InMemoryUnitOfWork(store), InMemoryUnitOfWork(store)
    for work, doing in ((one, "rename"), (other, second)):
        entries = work.repository(PlaylistEntry)
        found = await entries.get(entry.id)
        assert found is not None
        if doing == "remove":
            await entries.remove(found)
        else:
            found.track_id = new_id()
    await one.commit()
    before = store.snapshot()

    with pytest.raises(Conflict):
        await other.commit()
    assert store.snapshot() == before


async def test_changes_to_different_things_do_not_conflict(store: InMemoryStore) -> None:
    one, other = InMemoryUnitOfWork(store), InMemoryUnitOfWork(store)
    await one.repository(Artist).add(an_artist("One"))
    await other.repository(Artist).add(an_artist("Two"))
    await one.commit()
    await other.commit()

    assert await names(store) == ["One", "Two"]


async def test_what_must_be_unique_is_a_conflict_and_nothing_is_stored(store: InMemoryStore) -> None:
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(an_artist("Alone"))
        await work.repository(Customer).add(a_customer("ada@example.com"))
        await work.repository(Customer).add(a_customer("ada@example.com"))
        with pytest.raises(Conflict, match="another one has the same email"):
            await work.commit()

    assert await names(store) == []


async def test_what_breaks_its_rules_is_not_stored(store: InMemoryStore) -> None:
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(an_artist(""))
        with pytest.raises(ValidationFailed):
            await work.commit()


async def test_events_of_all_entities_come_back_oldest_first_and_once(store: InMemoryStore) -> None:
    one, other = an_artist("One"), an_artist("Two")
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(one)
        await work.repository(Artist).add(other)
        other.rename("Three")
        one.rename("Four")

        events = await work.commit()

        assert [event.entity_id for event in events] == [other.id, one.id]
        assert await work.commit() == []


async def test_a_removed_thing_is_gone_and_one_that_is_marked_is_not_found(store: InMemoryStore) -> None:
    entry, playlist = PlaylistEntry(playlist_id=new_id(), track_id=new_id()), Playlist(name="Sunday")
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(PlaylistEntry).add(entry)
        await work.repository(Playlist).add(playlist)
        await work.commit()
        await work.repository(PlaylistEntry).remove(entry)
        await work.repository(Playlist).remove(playlist)
        assert await work.repository(Playlist).get(playlist.id) is None
        await work.commit()

    rows = store.snapshot()
    assert rows["PlaylistEntry"] == {}
    assert rows["Playlist"][playlist.id]["deleted_at"] is not None
    assert await InMemoryUnitOfWork(store).repository(Playlist).count() == 0


async def test_a_reference_stands_for_the_entity(store: InMemoryStore) -> None:
    artist = an_artist()
    async with InMemoryUnitOfWork(store) as work:
        await work.repository(Artist).add(artist)

        assert await work.repository(Reference[Identifiable]("Artist")).get(artist.id) is artist


async def test_a_specification_is_checked_before_it_is_asked(store: InMemoryStore) -> None:
    artists = InMemoryUnitOfWork(store).repository(Artist)

    with pytest.raises(ValueError, match="Artist has no field nmae"):
        await artists.find(where("nmae", Op.EQ, "a"))
    with pytest.raises(TypeError, match="must be str, not int"):
        await artists.count(where("name", Op.EQ, 1))


async def test_relations_are_followed_in_every_direction(shop: Shop) -> None:
    (artist,) = await shop.stock(an_artist("Led Zeppelin"))
    (album,) = await shop.stock(an_album(artist, "Coda"))
    single, on_album = a_track("Single"), a_track("On album")
    on_album.album_id = album.id
    await shop.stock(single, on_album)
    kept, deleted = await shop.stock(Playlist(name="Kept"), Playlist(name="Deleted"))
    await shop.stock(
        PlaylistEntry(playlist_id=kept.id, track_id=single.id),
        PlaylistEntry(playlist_id=deleted.id, track_id=on_album.id),
    )
    async with InMemoryUnitOfWork(shop.store) as work:
        found = await work.repository(Playlist).get(deleted.id)
        assert found is not None
        await work.repository(Playlist).remove(found)
        await work.commit()

    by_led_zeppelin = RelationSpecification("artist", Quantifier.ONE, where("name", Op.STARTS_WITH, "Led"))
    tracks: dict[str, Specification] = {
        "to one": RelationSpecification("album", Quantifier.ONE, by_led_zeppelin),
        "through": RelationSpecification("playlists", Quantifier.SOME, where("name", Op.IN, ["Kept", "Deleted"])),
        "none": RelationSpecification("playlists", Quantifier.NONE, where("name", Op.NE, "")),
        "operand": where(Through("album", Through("artist", "name")), Op.EQ, "Led Zeppelin"),
        "absent": where(Through("album", "title"), Op.IS_NULL, True),
        "count": where(Count("playlists"), Op.EQ, 1),
    }
    found_by = {how: {track.name for track in await shop.find(Track, one)} for how, one in tracks.items()}
    assert found_by == {
        "to one": {"On album"},
        "through": {"Single"},
        "none": {"On album"},
        "operand": {"On album"},
        "absent": {"Single"},
        "count": {"Single"},
    }


KEYS = st.builds(
    SortKey,
    st.sampled_from(["name", "genre", "milliseconds", Through("album", "title")]),
    st.sampled_from(Direction),
    st.sampled_from([None, True, False]),
)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, "a", "b"])), max_size=6),
    st.lists(KEYS, max_size=2),
    st.integers(0, 4),
)
async def test_things_come_in_the_order_asked_for_and_no_more_than_wanted(
    described: list[tuple[str, str | None]], order: list[SortKey], limit: int
) -> None:
    shop = Shop()
    tracks = [a_track(name) for name, _ in described]
    for track, (_, genre) in zip(tracks, described, strict=True):
        track.genre = genre
    await shop.stock(*tracks)

    complete = total(tuple(order))
    found = await InMemoryUnitOfWork(shop.store).repository(Track).find(order=tuple(order))
    first = await InMemoryUnitOfWork(shop.store).repository(Track).find(order=tuple(order), limit=limit)

    assert set(found) == set(tracks)
    assert first == found[:limit]
    rows = [{**values_of(track), "album": None} for track in found]
    for one, other in pairwise(rows):
        assert after(complete, tuple(value_of(one, key.field) for key in complete)).is_satisfied_by(other)
