from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import NotFound
from domain.kernel.identity import new_id
from domain.kernel.messages import Command
from domain.kernel.selection import SortKey
from domain.kernel.specification import ComparisonOperator, where
from domain.playlist.commands import (
    AddTracksToPlaylist,
    CreatePlaylist,
    DeletePlaylist,
    RemoveTracksFromPlaylist,
    RenamePlaylist,
)
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.playlist.events import (
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistRenamed,
    TracksAddedToPlaylist,
    TracksRemovedFromPlaylist,
)
from domain.track.entity import Track
from tests.support.memory import InMemoryUnitOfWork
from tests.unit.domain.shop import Shop, a_track


@pytest.fixture
async def playlist(shop: Shop) -> Playlist:
    (playlist,) = await shop.stock(Playlist(name="Sunday Morning"))
    return playlist


@pytest.fixture
async def tracks(shop: Shop) -> Sequence[Track]:
    return await shop.stock(a_track("One"), a_track("Two"), a_track("Three"))


async def on_playlist(shop: Shop, playlist: Playlist) -> list[UUID]:
    """Return the tracks of a playlist in the order they were put on it."""
    entries = InMemoryUnitOfWork(shop.store).repository(PlaylistEntry)
    of_playlist = where("playlist_id", ComparisonOperator.EQ, playlist.id)
    return [entry.track_id for entry in await entries.find(of_playlist, (SortKey("id"),))]


async def test_a_created_playlist_is_empty(shop: Shop) -> None:
    playlist = await shop.do(CreatePlaylist("Sunday Morning"))

    assert (await shop.get(Playlist, playlist.id)).name == "Sunday Morning"
    assert await on_playlist(shop, playlist) == []
    (event,) = shop.published
    assert isinstance(event, PlaylistCreated)
    assert (event.entity_id, event.name) == (playlist.id, "Sunday Morning")


async def test_a_renamed_playlist_has_the_new_name_and_the_event_knows_both(shop: Shop, playlist: Playlist) -> None:
    await shop.do(RenamePlaylist(playlist.id, "Monday"))

    assert (await shop.get(Playlist, playlist.id)).name == "Monday"
    (event,) = shop.published
    assert isinstance(event, PlaylistRenamed)
    assert (event.old_name, event.new_name) == ("Sunday Morning", "Monday")


async def test_renaming_to_the_same_name_records_no_event(shop: Shop, playlist: Playlist) -> None:
    await shop.do(RenamePlaylist(playlist.id, "Sunday Morning"))

    assert shop.published == []
    assert (await shop.get(Playlist, playlist.id)).version == 1


async def test_tracks_are_put_on_a_playlist_in_the_order_given(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    ids = [track.id for track in reversed(tracks)]

    await shop.do(AddTracksToPlaylist(playlist.id, ids))

    assert await on_playlist(shop, playlist) == ids
    (event,) = shop.published
    assert isinstance(event, TracksAddedToPlaylist)
    assert (event.entity_id, event.track_ids) == (playlist.id, tuple(ids))


async def test_a_track_that_is_on_the_playlist_stays_where_it_is(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    one, two, three = (track.id for track in tracks)
    await shop.do(AddTracksToPlaylist(playlist.id, [two, one]))

    await shop.do(AddTracksToPlaylist(playlist.id, [one, three, two]))

    assert await on_playlist(shop, playlist) == [two, one, three]
    last = shop.published[-1]
    assert isinstance(last, TracksAddedToPlaylist)
    assert last.track_ids == (three,)


async def test_adding_only_what_is_there_records_no_event(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    await shop.do(AddTracksToPlaylist(playlist.id, [tracks[0].id]))
    heard = len(shop.published)

    await shop.do(AddTracksToPlaylist(playlist.id, [tracks[0].id]))

    assert len(shop.published) == heard


async def test_playlists_do_not_see_each_others_tracks(shop: Shop, playlist: Playlist, tracks: Sequence[Track]) -> None:
    (other,) = await shop.stock(Playlist(name="Monday"))
    one, two, _ = (track.id for track in tracks)
    await shop.do(AddTracksToPlaylist(playlist.id, [one, two]))
    await shop.do(AddTracksToPlaylist(other.id, [two]))

    await shop.do(RemoveTracksFromPlaylist(playlist.id, [two]))

    assert await on_playlist(shop, playlist) == [one]
    assert await on_playlist(shop, other) == [two]


async def test_removed_tracks_are_off_the_playlist_and_stay_in_the_catalogue(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    one, two, three = (track.id for track in tracks)
    await shop.do(AddTracksToPlaylist(playlist.id, [one, two]))

    await shop.do(RemoveTracksFromPlaylist(playlist.id, [three, one]))

    assert await on_playlist(shop, playlist) == [two]
    assert len(await shop.find(Track)) == 3
    last = shop.published[-1]
    assert isinstance(last, TracksRemovedFromPlaylist)
    assert last.track_ids == (one,)


async def test_removing_what_is_not_there_records_no_event(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    await shop.do(RemoveTracksFromPlaylist(playlist.id, [tracks[0].id, new_id()]))

    assert shop.published == []


async def test_a_removed_track_can_be_put_on_again(shop: Shop, playlist: Playlist, tracks: Sequence[Track]) -> None:
    one, two, _ = (track.id for track in tracks)
    await shop.do(AddTracksToPlaylist(playlist.id, [one, two]))
    await shop.do(RemoveTracksFromPlaylist(playlist.id, [one]))

    await shop.do(AddTracksToPlaylist(playlist.id, [one]))

    assert await on_playlist(shop, playlist) == [two, one]


async def test_every_unknown_track_is_named(shop: Shop, playlist: Playlist, tracks: Sequence[Track]) -> None:
    missing = [new_id(), new_id()]

    error = await shop.refusal(AddTracksToPlaylist(playlist.id, [missing[0], tracks[0].id, missing[1]]))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Track", missing)


@pytest.mark.parametrize("command", [AddTracksToPlaylist, RemoveTracksFromPlaylist])
async def test_a_list_of_tracks_is_bounded_and_names_each_once(
    shop: Shop, playlist: Playlist, command: type[AddTracksToPlaylist]
) -> None:
    id = new_id()

    assert await shop.broken_rules(command(playlist.id, [])) == {("track_ids", "TOO_SHORT")}
    assert await shop.broken_rules(command(playlist.id, [id, id])) == {("track_ids", "REPEATED")}
    assert await shop.broken_rules(command(playlist.id, [new_id() for _ in range(1_001)])) == {
        ("track_ids", "TOO_LONG")
    }


async def test_a_deleted_playlist_is_no_longer_found_but_only_marked(
    shop: Shop, playlist: Playlist, tracks: Sequence[Track]
) -> None:
    await shop.do(AddTracksToPlaylist(playlist.id, [tracks[0].id]))

    deleted = await shop.do(DeletePlaylist(playlist.id))

    assert await shop.find(Playlist) == []
    assert shop.store.snapshot()["Playlist"][playlist.id]["deleted_at"] == deleted.deleted_at is not None
    assert len(await shop.find(Track)) == 3
    assert isinstance(shop.published[-1], PlaylistDeleted)


@pytest.mark.parametrize(
    "command",
    [
        partial(RenamePlaylist, name="Monday"),
        partial(AddTracksToPlaylist, track_ids=[new_id()]),
        partial(RemoveTracksFromPlaylist, track_ids=[new_id()]),
        DeletePlaylist,
    ],
    ids=["rename", "add", "remove", "delete"],
)
async def test_a_deleted_playlist_and_one_that_never_was_are_not_found(
    shop: Shop, playlist: Playlist, command: Callable[[UUID], Command[Playlist]]
) -> None:
    await shop.do(DeletePlaylist(playlist.id))

    for id in (playlist.id, new_id()):
        error = await shop.refusal(command(id))
        assert isinstance(error, NotFound)
        assert (error.entity, error.ids) == ("Playlist", [id])


STEPS = st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 4), min_size=1, max_size=4, unique=True)), max_size=8)


@given(STEPS)
async def test_a_playlist_is_an_ordered_set_whatever_is_added_and_removed(
    steps: list[tuple[bool, list[int]]],
) -> None:
    shop, playlist = Shop(), Playlist(name="Sunday Morning")
    await shop.stock(playlist)
    tracks = await shop.stock(*(a_track(str(number)) for number in range(5)))
    expected: list[UUID] = []

    for adding, numbers in steps:
        ids = [tracks[number].id for number in numbers]
        if adding:
            await shop.do(AddTracksToPlaylist(playlist.id, ids))
            expected += [id for id in ids if id not in expected]
        else:
            await shop.do(RemoveTracksFromPlaylist(playlist.id, ids))
            expected = [id for id in expected if id not in ids]
        assert await on_playlist(shop, playlist) == expected
