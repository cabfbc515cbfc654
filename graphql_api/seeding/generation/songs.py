"""Songs: their titles, who wrote them and how long they play."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from graphql_api.seeding.generation.acts import Act
from graphql_api.seeding.generation.novelty import fresh, numbered, raised
from graphql_api.seeding.generation.supplies import Supplies
from graphql_api.seeding.generation.vocabulary import Genre

MOST_CREDITED: Final = 4
_UNKNOWN_WRITERS: Final = 0.18
_LEADER_ALONE: Final = 0.6
_SHORTEST: Final = 38
_SEPARATORS: Final = (", ", ", ", "/", " & ")


@dataclass(frozen=True, slots=True)
class Song:
    """Something that can be recorded."""

    name: str
    composer: str | None
    milliseconds: int


def write_song(act: Act, supplies: Supplies) -> Song:
    """Write a song that the act has not sung yet."""
    title = fresh(lambda: raised(supplies.expand(act.songs, act.culture)), supplies.used["songs"], act.heard)
    act.heard.add(title)
    return Song(_sleeve_title(title, act, supplies), credit(act, supplies), playing_time(act.genre, supplies))


def perform_live(song: Song, supplies: Supplies) -> Song:
    """Play a song on a stage, a little longer than in the studio."""
    stretch = max(0.85, supplies.chance.near(1.12, 0.12))
    return Song(f"{song.name} (Live)", song.composer, int(song.milliseconds * stretch))


def credit(act: Act, supplies: Supplies) -> str | None:
    """Say who wrote a song, where that is known."""
    chance = supplies.chance
    if chance.happens(_UNKNOWN_WRITERS):
        return None
    leader, *others = act.writers
    if act.solo:
        some = [] if chance.happens(_LEADER_ALONE) else chance.some(others, chance.between(1, 2))
        return ", ".join([leader, *some])
    separator = _SEPARATORS[len(act.name) % len(_SEPARATORS)]  # a band keeps to one
    return separator.join(chance.some(act.writers, chance.between(1, MOST_CREDITED)))


def playing_time(genre: Genre, supplies: Supplies) -> int:
    """Draw how long a track of the genre plays, in milliseconds."""
    usual, spread = genre.seconds
    seconds = supplies.chance.near(usual, spread)
    if seconds < _SHORTEST:
        seconds = _SHORTEST + supplies.chance.fraction() * _SHORTEST
    return int(seconds * 1_000)


def distinct(songs: Collection[Song]) -> list[Song]:
    """Tell songs of one name apart by a number, as they stand on one record."""
    taken: set[str] = set()
    result = []
    for song in songs:
        name = numbered(song.name, taken)
        taken.add(name)
        result.append(song if name == song.name else Song(name, song.composer, song.milliseconds))
    return result


def _sleeve_title(title: str, act: Act, supplies: Supplies) -> str:
    """Add who else sings, or which mix it is, where the genre does that."""
    chance = supplies.chance
    if chance.happens(act.genre.featuring):
        given, family = supplies.expand(f"{act.culture}.first"), supplies.expand(f"{act.culture}.last")
        guest = supplies.expand(chance.weighted(act.genre.acts), act.culture, given=given, family=family)
        return f"{title} (feat. {guest})"
    if chance.happens(act.genre.remixes):
        return f"{title} ({supplies.expand('mix', act.culture)})"
    return title
