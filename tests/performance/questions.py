"""The six queries as this server is asked them, over the same values as the others."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.album.entity import Album
from graphql_api.schema.identity import encode_id
from graphql_api.seeding.chinook.rows import identity
from tests.performance.asking import ask
from tests.performance.running import column
from tests.performance.system import QUERIES

ALBUMS = 347
TRACKS = 3503
LARGEST_PAGE = 1000

Values = Mapping[str, Any]

DOCUMENTS = {
    "Q1": "query Q1($id:ID!){album(id:$id){id title}}",
    "Q2": "query Q2($n:Int!,$after:String){tracks(first:$n,after:$after)"
    "{nodes{id name mediaType genre composer milliseconds bytes unitPrice}}}",
    "Q3": "query Q3($n:Int!){artists(first:$n){nodes{id name albums{nodes{id title tracks{nodes{id name}}}}}}}",
    "Q4": "query Q4($f:TrackFilter!,$n:Int!){page:tracks(first:$n,orderBy:[{name:ASC}],where:$f)"
    "{totalCount edges{cursor node{id name milliseconds unitPrice}} pageInfo{hasNextPage endCursor}}}",
    "Q5": "query Q5($n:Int!){tracks(first:$n){nodes"
    "{id name mediaType genre composer milliseconds bytes unitPrice album{title artist{name}}}}}",
    "Q6": "mutation Q6($n:String!){createPlaylist(input:{name:$n}){...on CreatePlaylistSuccess{playlist{id name}}}}",
}

OWN_VALUES: Mapping[str, Sequence[Values]] = {
    "Q1": [{"id": key} for key in range(1, ALBUMS + 1)],
    "Q2": [{"n": 100, "o": offset} for offset in range(0, TRACKS - 100, 50)],
    "Q3": [{"n": 20}],
    "Q4": [
        {
            "n": 20,
            "f": {"milliseconds": {"gt": least}, "or": [{"name": {"like": "%Love%"}}, {"unitPrice": {"gt": "1"}}]},
        }
        for least in range(200_000, 240_000, 10_000)
    ],
    "Q5": [{"n": 3000}],
    "Q6": [{"n": f"bench list {number}"} for number in range(200)],
}


def values_in(database: str) -> Mapping[str, Sequence[Values]]:
    """Return the same with albums of a PostgreSQL database that holds others than Chinook's."""
    ids = column(database, "SELECT id FROM albums ORDER BY id")
    return {**OWN_VALUES, "Q1": [{"id": UUID(bytes=id.bytes)} for id in ids]}


def values_of(peers: Path | None) -> Mapping[str, Sequence[Values]]:
    """Return the variables of each query: those that the peers are asked with, where they are there."""
    if peers is None:
        return OWN_VALUES
    folder = peers / "queries" / "common"
    return {query: [json.loads(body)["variables"] for body in bodies(folder)[query]] for query in QUERIES}


def bodies(folder: Path) -> Mapping[str, Sequence[str]]:
    """Read the request bodies of a folder, a file for each query and a line for each body."""
    return {query: (folder / f"{query}.jsonl").read_text().splitlines() for query in QUERIES}


def own_bodies(values: Mapping[str, Sequence[Values]], cursor: Callable[[int], str | None]) -> dict[str, list[str]]:
    """Make the bodies for this server; `cursor` tells after which cursor the row with a number comes."""
    return {
        query: [
            json.dumps({"query": document, "variables": own_values(query, one, cursor), "operationName": query})
            for one in values[query]
        ]
        for query, document in DOCUMENTS.items()
    }


def own_values(query: str, values: Values, cursor: Callable[[int], str | None]) -> Values:
    """Say the same as the peers' variables in terms of this server."""
    if query == "Q1":
        id = values["id"]
        return {"id": encode_id(Album.__name__, id if isinstance(id, UUID) else identity(Album, id))}
    if query == "Q2":
        return {"n": values["n"], "after": cursor(values["o"])}
    return values


def cursors(url: str, headers: Mapping[str, str]) -> list[str]:
    """Ask for the cursors of all tracks, page by page."""
    document = "query($n:Int!,$after:String){tracks(first:$n,after:$after){edges{cursor}}}"
    found: list[str] = []
    while True:
        variables = {"n": LARGEST_PAGE, "after": found[-1] if found else None}
        page = ask(url, json.dumps({"query": document, "variables": variables}), headers)["data"]["tracks"]["edges"]
        found.extend(edge["cursor"] for edge in page)
        if len(page) < LARGEST_PAGE:
            return found
