from datetime import date, datetime
from typing import Any

import pytest

from domain.album.commands import CreateAlbum, UpdateAlbum
from domain.album.entity import Album
from domain.album.events import AlbumCreated, AlbumUpdated
from domain.artist.entity import Artist
from domain.kernel.errors import NotFound
from domain.kernel.identity import new_id
from domain.kernel.omitted import OMITTED
from tests.unit.domain.shop import LONG_AGO, Shop, an_album, an_artist


@pytest.fixture
async def artist(shop: Shop) -> Artist:
    (artist,) = await shop.stock(an_artist())
    return artist


@pytest.fixture
async def album(shop: Shop, artist: Artist) -> Album:
    (album,) = await shop.stock(an_album(artist, "Houses of the Holy"))
    return album


async def test_a_created_album_belongs_to_its_artist(shop: Shop, artist: Artist) -> None:
    created = await shop.do(CreateAlbum("Presence", artist.id, date(1976, 3, 31)))

    album = await shop.get(Album, created.id)
    assert (album.title, album.artist_id, album.released_on) == ("Presence", artist.id, date(1976, 3, 31))
    (event,) = shop.published
    assert isinstance(event, AlbumCreated)
    assert (event.entity_id, event.title, event.artist_id) == (album.id, "Presence", artist.id)


async def test_an_album_needs_no_release_date(shop: Shop, artist: Artist) -> None:
    assert (await shop.do(CreateAlbum("Coda", artist.id))).released_on is None


async def test_an_album_of_nobody_is_refused(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(CreateAlbum("Presence", missing))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Artist", [missing])


async def test_a_moment_is_no_release_date(shop: Shop, artist: Artist) -> None:
    moment: date = datetime(1976, 3, 31, tzinfo=LONG_AGO.tzinfo)

    assert await shop.broken_rules(CreateAlbum("", artist.id, moment)) == {
        ("title", "TOO_SHORT"),
        ("released_on", "WRONG_TYPE"),
    }


async def test_only_what_is_given_changes(shop: Shop, album: Album) -> None:
    await shop.do(UpdateAlbum(album.id, title="Presence"))

    changed = await shop.get(Album, album.id)
    assert (changed.title, changed.released_on, changed.version) == ("Presence", date(1973, 3, 28), 2)
    assert [type(event) for event in shop.published] == [AlbumUpdated]


async def test_a_release_date_can_be_taken_away_and_a_title_cannot(shop: Shop, album: Album) -> None:
    await shop.do(UpdateAlbum(album.id, released_on=None))

    assert (await shop.get(Album, album.id)).released_on is None
    assert await shop.broken_rules(UpdateAlbum(album.id, title=None)) == {  # type: ignore[arg-type]  # what a client may send
        ("title", "REQUIRED")
    }


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"title": OMITTED, "released_on": OMITTED},
        {"title": "Houses of the Holy", "released_on": date(1973, 3, 28)},
    ],
    ids=["nothing", "omitted", "the same"],
)
async def test_an_update_that_changes_nothing_records_no_event(shop: Shop, album: Album, said: dict[str, Any]) -> None:
    before = shop.store.snapshot()

    await shop.do(UpdateAlbum(album.id, **said))

    assert shop.published == []
    assert shop.store.snapshot() == before


async def test_an_unknown_album_is_not_found(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(UpdateAlbum(missing, title="Presence"))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Album", [missing])
