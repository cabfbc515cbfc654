"""What an artist released over the years."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from graphql_api.seeding.generation.acts import Act
from graphql_api.seeding.generation.calendar import CLOSING, release_day
from graphql_api.seeding.generation.chance import Weighted
from graphql_api.seeding.generation.novelty import fresh, raised
from graphql_api.seeding.generation.songs import Song, distinct, perform_live, write_song
from graphql_api.seeding.generation.supplies import Supplies
from graphql_api.seeding.generation.works import record_works

RELEASES: Final = Weighted([(0, 13), (1, 61), (2, 16), (3, 6), (4, 2.5), (5, 1), (7, 0.5)])
_SONGS_FOR_A_COLLECTION: Final = 18
_NAMED_AFTER_A_SONG: Final = 0.42
_UNKNOWN_DAY: Final = 0.04


@dataclass(frozen=True, slots=True)
class Release:
    """An album in the making."""

    title: str
    released_on: date
    day_is_known: bool
    songs: list[Song]


def discography(act: Act, supplies: Supplies) -> Iterator[Release]:
    """Yield the artist's releases, oldest first, each with a title of its own."""
    chance = supplies.chance
    year = chance.between(*act.genre.years)
    titles: set[str] = set()
    repertoire: list[Song] = []
    for _ in range(chance.weighted(RELEASES)):
        if year > CLOSING.year:
            return
        title, songs = _recorded(act, year, supplies, repertoire, titles)
        titles.add(title)
        yield Release(title, release_day(year, chance), not chance.happens(_UNKNOWN_DAY), songs)
        year += chance.between(1, 4)


def _recorded(
    act: Act, year: int, supplies: Supplies, repertoire: list[Song], titles: set[str]
) -> tuple[str, list[Song]]:
    """Make the title and the songs of one release; new songs join the repertoire."""
    chance = supplies.chance
    if act.genre.works:
        return record_works(act, supplies, titles)
    if len(repertoire) >= _SONGS_FOR_A_COLLECTION and chance.happens(0.35):
        chosen = chance.some(repertoire, chance.between(12, 18))
        if chance.happens(0.5):
            played = distinct([perform_live(one, supplies) for one in chosen])
            return _titled("live_album", act, supplies, titles, year=str(year)), played
        return _titled("best_of", act, supplies, titles), distinct(chosen)
    songs = distinct([write_song(act, supplies) for _ in range(chance.between(*act.genre.tracks))])
    repertoire.extend(songs)
    after = chance.pick(songs).name.partition(" (")[0]
    if chance.happens(_NAMED_AFTER_A_SONG) and after not in titles:
        return after, songs
    return _titled(act.albums, act, supplies, titles), songs


def _titled(rule: str, act: Act, supplies: Supplies, titles: set[str], **given: str) -> str:
    bare = act.name.removeprefix("The ")
    given |= {"artist": act.name, "bare_artist": bare, "the_artist": act.name if bare == act.name else f"the {bare}"}
    return fresh(lambda: raised(supplies.expand(rule, act.culture, **given)), supplies.used["albums"], titles)
