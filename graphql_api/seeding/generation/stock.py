"""From artists and releases in the making to the entities of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.track.entity import Track
from graphql_api.seeding.generation.acts import Act, make_act
from graphql_api.seeding.generation.albums import Release, discography
from graphql_api.seeding.generation.calendar import CLOSING, FIRST_SALE, OPENING, entered, moment_between
from graphql_api.seeding.generation.files import Edition, choose_edition, video_edition
from graphql_api.seeding.generation.songs import Song
from graphql_api.seeding.generation.supplies import Supplies

_WITHDRAWN: Final = 0.004
_FILMED: Final = 0.004


@dataclass(frozen=True, slots=True)
class Stock:
    """An artist with the albums and their tracks."""

    artist: Artist
    albums: list[tuple[Album, int, list[Track]]]
    """Each album with the year of its release, which not every album tells, and its tracks in their order."""


def make_stock(supplies: Supplies) -> Stock:
    """Make up an artist with everything that was ever released."""
    act = make_act(supplies)
    ready = moment_between(OPENING, FIRST_SALE, supplies.chance)
    dated = [(release, entered(release.released_on, ready, supplies.chance)) for release in discography(act, supplies)]
    since = min((moment for _, moment in dated), default=ready)
    artist = Artist(id=supplies.numbering.id(Artist, since), created_at=since, updated_at=since, name=act.name)
    albums = sorted(dated, key=lambda pair: pair[1])
    return Stock(artist, [_album(artist, act, release, moment, supplies) for release, moment in albums])


def _album(
    artist: Artist, act: Act, release: Release, moment: datetime, supplies: Supplies
) -> tuple[Album, int, list[Track]]:
    album = Album(
        id=supplies.numbering.id(Album, moment),
        created_at=moment,
        updated_at=moment,
        title=release.title,
        artist_id=artist.id,
        released_on=release.released_on if release.day_is_known else None,
    )
    edition = choose_edition(release.released_on, supplies.chance)
    return album, release.released_on.year, list(_tracks(album, act, release.songs, edition, supplies))


def _tracks(album: Album, act: Act, songs: list[Song], edition: Edition, supplies: Supplies) -> Iterator[Track]:
    chance = supplies.chance
    for song in songs:
        sold_as = video_edition(chance) if chance.happens(_FILMED) else edition
        withdrawn_at = None
        if chance.happens(_WITHDRAWN):
            withdrawn_at = moment_between(album.created_at + timedelta(hours=1), CLOSING, chance)
        yield Track(
            id=supplies.numbering.id(Track, album.created_at),
            version=1 if withdrawn_at is None else 2,
            created_at=album.created_at,
            updated_at=withdrawn_at or album.created_at,
            name=song.name,
            album_id=album.id,
            genre=act.genre.name,
            media_type=sold_as.media_type,
            composer=song.composer,
            milliseconds=song.milliseconds,
            bytes=sold_as.size(song.milliseconds, chance),
            unit_price=sold_as.price_of(song.milliseconds, chance),
            withdrawn_at=withdrawn_at,
        )
