"""Whether servers answer the same: their answers in one form, whatever they call things."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from graphql_api.schema.identity import MalformedId, decode_id
from graphql_api.seeding.chinook.rows import KEY_BITS
from tests.performance.asking import ask
from tests.performance.system import System

COMPARED = 5
"""How many of a query's requests are compared."""

ONE_SIDED = frozenset({"albumId", "mediaType"})
"""Fields that stand for one another: the peers know a key more, and this server the name of the medium."""

OPAQUE = frozenset({"cursor", "endCursor"})


class Different(AssertionError):
    """Two servers answer one query with different contents."""


def verify(systems: Iterable[System], queries: Iterable[str], genres: Mapping[str, int]) -> None:
    """Compare the answers of all servers with those of the first that has the query. Raises Different."""
    known: dict[tuple[str, int], tuple[str, Any]] = {}
    for system in systems:
        for query, number, body in _compared(system, queries):
            answer = canonical(ask(system.url, body, system.headers)["data"], genres)
            name, expected = known.setdefault((query, number), (system.name, answer))
            if answer != expected:
                difference = next(differences(expected, answer), "nothing")
                raise Different(f"{query}, request {number}: {name} and {system.name} differ in {difference}")


def _compared(system: System, queries: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    for query in queries:
        for number, body in enumerate(system.bodies.get(query, ())[:COMPARED]):
            yield query, number, body


def canonical(value: Any, genres: Mapping[str, int]) -> Any:
    """Write an answer in the form of the peers, without what differs by nature."""
    match value:
        case {"nodes": nodes} if len(value) == 1:
            return canonical(nodes, genres)
        case {"playlist": {"name": name, **_others}}:
            # Each new playlist has an identity of its own.
            return {"playlist": {"name": name}}
        case dict():
            return dict(_canonical_field(name, item, genres) for name, item in value.items() if name not in ONE_SIDED)
        case list():
            return [canonical(item, genres) for item in value]
        case _:
            return value


def _canonical_field(name: str, value: Any, genres: Mapping[str, int]) -> tuple[str, Any]:
    if name == "genre":
        return "genreId", value if value is None else genres[value]
    if name in OPAQUE:
        return name, "*" if value else None
    if name == "id" and isinstance(value, str):
        return name, chinook_key(value)
    return name, canonical(value, genres)


def chinook_key(identity: str) -> int | str:
    """Return the key in the Chinook file from which an identity was derived."""
    try:
        return _key(decode_id(identity).id)
    except MalformedId:
        return identity


def _key(identity: UUID) -> int:
    return identity.int & ((1 << KEY_BITS) - 1)


def differences(expected: Any, found: Any, path: str = "data") -> Iterator[str]:
    """Yield where two values differ."""
    match expected, found:
        case dict(), dict() if expected.keys() == found.keys():
            for name, item in expected.items():
                yield from differences(item, found[name], f"{path}.{name}")
        case list(), list() if len(expected) == len(found):
            for number, item in enumerate(expected):
                yield from differences(item, found[number], f"{path}[{number}]")
        case _:
            if expected != found:
                yield f"{path}: {str(expected)[:200]} and {str(found)[:200]}"
