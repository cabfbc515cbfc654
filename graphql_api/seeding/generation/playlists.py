"""Playlists, each with a theme that its name tells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.seeding.generation.calendar import CLOSING, FIRST_SALE, moment_between
from graphql_api.seeding.generation.chance import Weighted
from graphql_api.seeding.generation.novelty import ATTEMPTS, fresh
from graphql_api.seeding.generation.supplies import Supplies

FEWEST, MOST = 10, 160
_LONG: Final = 6 * 60_000
_SHORT: Final = 3 * 60_000


@dataclass(frozen=True, slots=True)
class Stocked:
    """A track on the shelf, with what its label says."""

    track: Track
    artist: str
    year: int


Fits = Callable[[Stocked], bool]
Theme = Callable[[Stocked, Supplies], tuple[str, dict[str, str], Fits]]
"""From one track, the rule of the name, what stands in it, and which other tracks belong on the list."""


def make_playlists(
    count: int, stock: Sequence[Stocked], supplies: Supplies
) -> Iterator[tuple[Playlist, list[PlaylistEntry]]]:
    """Make playlists of the tracks that were in stock when each was made."""
    for made_at in sorted(moment_between(FIRST_SALE, CLOSING, supplies.chance) for _ in range(count)):
        there = [one for one in stock if one.track.created_at <= made_at]
        name, tracks = _chosen(there, supplies)
        playlist = Playlist(
            id=supplies.numbering.id(Playlist, made_at), created_at=made_at, updated_at=made_at, name=name
        )
        yield playlist, [_entry(playlist, place, track, supplies) for place, track in enumerate(tracks)]


def _entry(playlist: Playlist, place: int, track: Track, supplies: Supplies) -> PlaylistEntry:
    moment = playlist.created_at + timedelta(milliseconds=place)
    return PlaylistEntry(id=supplies.numbering.id(PlaylistEntry, moment), playlist_id=playlist.id, track_id=track.id)


def _chosen(stock: Sequence[Stocked], supplies: Supplies) -> tuple[str, list[Track]]:
    """Find a theme that enough tracks fit, and draw from them; where none does, a mood that everything fits."""
    chance = supplies.chance
    for _ in range(ATTEMPTS if stock else 0):
        rule, given, fits = chance.weighted(_THEMES)(chance.pick(stock), supplies)
        fitting = [one.track for one in stock if fits(one)]
        if len(fitting) >= FEWEST:
            return _named(rule, given, supplies), chance.some(fitting, chance.between(FEWEST, MOST))
    return _named("mood_name", {}, supplies), chance.some([one.track for one in stock], MOST)


def _named(rule: str, given: Mapping[str, str], supplies: Supplies) -> str:
    return fresh(lambda: supplies.expand(rule, **given), supplies.used["playlists"])


def _mood(_one: Stocked, supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    genres = {supplies.chance.weighted(supplies.vocabulary.genres).name for _ in range(3)}
    return "mood_name", {}, lambda other: other.track.genre in genres


def _genre(one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    return "genre_name", {"genre": _spoken(one)}, lambda other: other.track.genre == one.track.genre


def _decade(one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    decade = one.year // 10
    return "decade_name", {"decade": f"{decade}0"}, lambda other: other.year // 10 == decade


def _era(one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    decade, genre = one.year // 10, one.track.genre
    given = {"decade": f"{decade}0", "genre": _spoken(one)}
    return "era_name", given, lambda other: other.year // 10 == decade and other.track.genre == genre


def _artist(one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    return "artist_name", {"artist": one.artist}, lambda other: other.artist == one.artist


def _love(_one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    return "love_name", {}, lambda other: "love" in other.track.name.casefold()


def _long(_one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    return "long_name", {}, lambda other: other.track.milliseconds > _LONG


def _short(_one: Stocked, _supplies: Supplies) -> tuple[str, dict[str, str], Fits]:
    return "short_name", {}, lambda other: other.track.milliseconds < _SHORT


def _spoken(one: Stocked) -> str:
    return (one.track.genre or "Music").partition("/")[0]


_THEMES: Final[Weighted[Theme]] = Weighted(
    [(_mood, 6), (_genre, 6), (_decade, 2), (_era, 2), (_artist, 2), (_love, 1), (_long, 1), (_short, 1)]
)
