"""The words and facts that catalogues are made from, read from the files in `words`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from graphql_api.seeding.generation.chance import Weighted
from graphql_api.seeding.generation.grammar import Grammar, parse_rules

_RULES: Final = ("people", "bands", "songs", "languages", "albums", "customers", "playlists")


@dataclass(frozen=True, slots=True)
class Genre:
    """What is usual in a genre.

    `acts`, `songs` and `albums` are rules of the grammar; `native` is how often an artist sings in the own language;
    `works` says that the tracks are movements of larger ones.
    """

    name: str
    acts: Weighted[str]
    cultures: Weighted[str]
    native: float
    songs: str
    albums: str
    tracks: tuple[int, int]
    seconds: tuple[int, int]
    years: tuple[int, int]
    featuring: float
    remixes: float
    works: bool


@dataclass(frozen=True, slots=True)
class Native:
    """The rules for artists of a culture who sing in its language."""

    acts: str
    songs: str
    albums: str


@dataclass(frozen=True, slots=True)
class City:
    """A city, with `#` for digits and `@` for letters in what differs from house to house."""

    name: str
    state: str
    postal_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country whose customers have names, addresses and companies of its kind."""

    name: str
    cultures: Weighted[str]
    address: str
    companies: str
    suffixes: tuple[str, ...]
    cities: tuple[City, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything to choose from."""

    grammar: Grammar
    genres: Weighted[Genre]
    natives: Mapping[str, Native]
    countries: Weighted[Country]


@cache
def load_vocabulary() -> Vocabulary:
    """Read the files, once in a process."""
    genres, places = _toml("genres"), _toml("places")
    return Vocabulary(
        grammar=Grammar(parse_rules("\n".join(_text(f"{name}.txt") for name in _RULES))),
        genres=Weighted([(_genre(row), row["share"]) for row in genres["genre"]]),
        natives=MappingProxyType({culture: Native(**row) for culture, row in genres["native"].items()}),
        countries=Weighted([(_country(row), row["share"]) for row in places["country"]]),
    )


def _genre(row: Mapping[str, Any]) -> Genre:
    return Genre(
        name=row["name"],
        acts=Weighted(row["acts"].items()),
        cultures=Weighted(row["cultures"].items()),
        native=row["native"],
        songs=row["songs"],
        albums=row["albums"],
        tracks=tuple(row["tracks"]),
        seconds=tuple(row["seconds"]),
        years=tuple(row["years"]),
        featuring=row.get("featuring", 0),
        remixes=row.get("remixes", 0),
        works=row.get("works", False),
    )


def _country(row: Mapping[str, Any]) -> Country:
    return Country(
        name=row["name"],
        cultures=Weighted(row["cultures"].items()),
        address=row["address"],
        companies=row["companies"],
        suffixes=tuple(row["suffixes"]),
        cities=tuple(City(*city) for city in row["cities"]),
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(f"{name}.toml"))


def _text(name: str) -> str:
    return files(__package__).joinpath("words", name).read_text(encoding="utf-8")
