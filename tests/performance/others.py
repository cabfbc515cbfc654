"""Operations of other shapes than the six, by plans and by Strawberry's own execution: what each costs of processor time.

Both are this server on one database, so the ratio tells what plans are worth for a shape, and one near 1 that there is none.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import get_introspection_query

from tests.performance.asking import ask
from tests.performance.load import LoadGenerator
from tests.performance.measuring import each
from tests.performance.ours import Serving
from tests.performance.system import System
from tests.performance.usage import cpu_seconds

REFERENCE: Final[Mapping[str, str]] = {"GRAPHQL__EXECUTION": "reference"}
ROOMY: Final[Mapping[str, str]] = {
    "GRAPHQL__MAX_ALIASES": "1000",
    "GRAPHQL__MAX_ROOT_FIELDS": "100",
    "GRAPHQL__INTROSPECTION": "true",
}
COLD: Final = 1_500
"""Different texts of one operation in each round: more than the server remembers."""
ROUNDS: Final = 3
CONNECTIONS: Final = 8

Ids = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Other:
    """What an operation cost for each request, in microseconds; `reference_us` is the server's without plans."""

    operation: str
    server_us: float
    database_us: float
    reference_us: float


def found_ids(url: str, headers: Mapping[str, str], number: int = 200) -> Ids:
    """Ask for the ids of some things of each kind."""
    kinds = ("albums", "artists", "customers", "tracks")
    document = "{" + "".join(f" {kind}(first: {number}) {{ nodes {{ id }} }}" for kind in kinds) + " }"
    answer = ask(url, json.dumps({"query": document}), headers)["data"]
    return {kind: [node["id"] for node in answer[kind]["nodes"]] for kind in kinds}


def requests(document: str, ids: Ids, round_number: int) -> list[str]:
    """Make the requests of an operation, over the ids that are there; a text with a number differs in each round."""
    if "NUMBER" in document:
        texts = [document.replace("NUMBER", str(round_number * COLD + number)) for number in range(COLD)]
    else:
        texts = [document] * min(map(len, ids.values()))
    return [
        json.dumps({"query": text, "variables": _variables(document, number, ids)}) for number, text in enumerate(texts)
    ]


def _variables(document: str, number: int, ids: Ids) -> dict[str, Any]:
    own = {kind: some[number % len(some)] for kind, some in ids.items()}
    return {name: value for name, value in _values(own, ids).items() if f"${name}:" in document}


def _values(own: Mapping[str, str], ids: Ids) -> dict[str, Any]:
    return {
        **{kind.removesuffix("s"): id for kind, id in own.items()},
        "ids": ids["tracks"],
        "n": 5,
        "least": {"milliseconds": {"gt": 1_000}},
        "text": "ove",
        "yes": True,
        "no": False,
        "any": {"or": [{"name": {"eq": f"n{number}"}} for number in range(50)]},
    }


def measure_others(
    compiled: Serving, reference: Serving, load: LoadGenerator, database: int, seconds: float
) -> Iterator[Other]:
    """Send each operation to both servers in turn; the least of some rounds counts, and the first warms up."""
    ids = found_ids(compiled.url, compiled.headers)
    for operation, document in DOCUMENTS.items():
        costs: list[tuple[float, float, float]] = []
        for number in range(ROUNDS + 1):
            asked = {operation: requests(document, ids, number)}
            server, stored = _cost(_system("compiled", compiled, asked), load, database, seconds)
            other, _ = _cost(_system("reference", reference, asked), load, database, seconds)
            costs.append((server, stored, other))
        yield Other(operation, *map(min, zip(*costs[1:], strict=True)))


def _system(name: str, server: Serving, asked: Mapping[str, Sequence[str]]) -> System:
    return System(name, server.url, server.process, asked, server.headers)


def _cost(system: System, load: LoadGenerator, database: int, seconds: float) -> tuple[float, float]:
    (operation,) = system.bodies
    before, stored = cpu_seconds(system.process), cpu_seconds(database)
    came = load(system, operation, CONNECTIONS, seconds)
    if came.errors:
        raise RuntimeError(f"{system.name} failed {came.errors} times at {operation}")
    return each(came, (cpu_seconds(system.process) - before) * 1e6), each(came, (cpu_seconds(database) - stored) * 1e6)


_WIDE: Final = "id name genre composer milliseconds album { title artist { name } }"
_FRAGMENTS: Final = " ".join(f"fragment F{number} on Track {{ id name album {{ title }} }}" for number in range(10))

DOCUMENTS: Final[Mapping[str, str]] = {
    "a lookup": "query($album: ID!) { album(id: $album) { id title } }",
    "a lookup with a list, its size a variable": "query($artist: ID!, $n: Int!) { artist(id: $artist) "
    "{ name albums(first: $n) { nodes { title } } } }",
    "50 lookups with relations": "query($track: ID!) {"
    + " ".join(f"a{number}: track(id: $track) {{ {_WIDE} }}" for number in range(50))
    + "}",
    "anything by its id": "query($customer: ID!) { node(id: $customer) { __typename id ...on Album { title } "
    "...on Customer { lastName invoices(first: 2) { nodes { total } } } } }",
    "to one, to one, to many, to one": "{ tracks(first: 20) { nodes { name album { title artist { name "
    "albums(first: 3) { nodes { title artist { name } } } } } } } }",
    "lists of lists, filtered, sorted and counted": "query($n: Int!, $least: TrackFilter) { artists(first: 10, "
    "orderBy: [{name: ASC}]) { totalCount nodes { name albums(first: $n, orderBy: [{title: DESC}]) { totalCount nodes "
    "{ title tracks(first: $n, where: $least, orderBy: [{milliseconds: DESC}]) { totalCount nodes { name } } } } } } }",
    "the last of a list": "{ tracks(last: 20, orderBy: [{name: ASC}]) { nodes { id name } pageInfo "
    "{ hasPreviousPage startCursor } } }",
    "sorted by a relation of a relation": "{ tracks(first: 20, orderBy: [{album: {artist: {name: ASC}}}]) "
    "{ nodes { name } } }",
    "groups": "{ trackAggregates(groupBy: [{genre: VALUE}], having: {count: {gt: 1}}) { key { genre } count "
    "sum { milliseconds } } }",
    "groups by a relation of a relation": "{ trackAggregates(groupBy: [{album: {artist: {name: VALUE}}}], first: 20, "
    "orderBy: [{count: DESC}]) { key { album { artist { name } } } count } }",
    "measures of each of a list": "query($least: TrackFilter) { albums(first: 20) { nodes { title "
    "tracksAggregate(where: $least) { count sum { milliseconds } } } } }",
    "a filter over three relations": "query($text: String!) { artists(first: 20, where: {albums: {some: {tracks: {some: "
    "{playlists: {some: {name: {contains: $text}}}}}}}}) { nodes { name } } }",
    "a text within": "query($text: String!) { tracks(first: 20, where: {name: {iContains: $text}}) "
    "{ totalCount nodes { name } } }",
    "200 ids": "query($ids: [ID!]!) { tracks(first: 200, where: {id: {in: $ids}}) { nodes { id name } } }",
    "50 alternatives": "query($any: TrackFilter) { tracks(first: 20, where: $any) { nodes { id name } } }",
    "directives": "query($yes: Boolean!, $no: Boolean!) { tracks(first: 20) { nodes { id name @include(if: $yes) "
    "genre @skip(if: $yes) album @include(if: $no) { title } } } }",
    "fragments": "{ tracks(first: 20) { nodes {"
    + " ".join(f"...F{number}" for number in range(10))
    + "} } } "
    + _FRAGMENTS,
    "a failure beside an answer": 'query($album: ID!) { here: album(id: $album) { title } gone: album(id: "x") { title } }',
    "introspection": get_introspection_query(),
    "a report": "{ revenueByMonth(last: 12) { month revenue } }",
    "a new text": "query NNUMBER($album: ID!) { album(id: $album) { id title } }",
    "a new text with values": '{ tracks(first: 10, where: {and: [{milliseconds: {gt: NUMBER}}, {name: {gt: "A"}}]}) '
    "{ totalCount nodes { id name album { title } } } }",
    "a long new text": "query NNUMBER {"
    + " ".join(f"l{number}: tracks(first: 2) {{ nodes {{ {_WIDE} }} }}" for number in range(20))
    + "}",
}
