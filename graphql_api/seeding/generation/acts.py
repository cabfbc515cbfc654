"""Artists: who they are, and what they sing."""

from dataclasses import dataclass, field
from typing import Final

from graphql_api.seeding.generation.novelty import ATTEMPTS, fresh, raised
from graphql_api.seeding.generation.supplies import Supplies
from graphql_api.seeding.generation.vocabulary import Genre

_NATIVE_NAME: Final = 0.6


@dataclass(slots=True)
class Act:
    """An artist in the making.

    `kind` is the rule of the name, `songs` and `albums` are those of titles; `heard` remembers the titles of songs. The
    first of `writers` leads; a `solo` act bears the leader's name.
    """

    name: str
    kind: str
    genre: Genre
    culture: str
    songs: str
    albums: str
    writers: tuple[str, ...]
    solo: bool
    heard: set[str] = field(default_factory=set)


def make_act(supplies: Supplies) -> Act:
    """Make up an artist."""
    chance = supplies.chance
    genre = chance.weighted(supplies.vocabulary.genres)
    culture = chance.weighted(genre.cultures)
    native = supplies.vocabulary.natives.get(culture) if chance.happens(genre.native) else None
    rule = native.acts if native and chance.happens(_NATIVE_NAME) else chance.weighted(genre.acts)
    given, family = _leader(supplies, culture)
    name = fresh(lambda: raised(supplies.expand(rule, culture, given=given, family=family)), supplies.used["acts"])
    others = (person(supplies, culture) for _ in range(chance.between(1, 4)))
    return Act(
        name=name,
        kind=rule,
        genre=genre,
        culture=culture,
        songs=native.songs if native else genre.songs,
        albums=native.albums if native else genre.albums,
        writers=tuple(dict.fromkeys((f"{given} {family}", *others))),
        solo=given in name,
    )


def person(supplies: Supplies, culture: str) -> str:
    """Make up somebody's name."""
    return supplies.expand("person", culture)


def _leader(supplies: Supplies, culture: str) -> tuple[str, str]:
    """Make up the given and the family name of somebody new."""
    names = ("", "")
    for _ in range(ATTEMPTS):
        names = (supplies.expand(f"{culture}.first"), supplies.expand(f"{culture}.last"))
        if supplies.used["leaders"].admits(" ".join(names)):
            break
    return names
