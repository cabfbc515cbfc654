"""Every comparison of every scalar, and relations in filters, against the same computed in plain Python."""

from datetime import datetime
from typing import Any

import pytest

from domain.kernel.entity import Entity
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.operators import operators_of
from tests.integration.api.doing import chosen
from tests.support.operands import arguments, operands
from tests.support.reading import by_id, global_id, satisfies, written
from tests.support.small_store import Store

COMPARED = (
    ("Track", "name"),
    ("Track", "bytes"),
    ("Track", "unitPrice"),
    ("Track", "id"),
    ("Track", "withdrawnAt"),
    ("Album", "releasedOn"),
    ("Invoice", "status"),
    ("Artist", "albumsCount"),
)
ROOTS = {"Track": "tracks", "Album": "albums", "Invoice": "invoices", "Artist": "artists", "Playlist": "playlists"}
CASES = [(entity, key, word) for entity, key in COMPARED for word in operators_of(
    EXPOSED[entity].fields[key].type if key in EXPOSED[entity].fields else int
)]  # fmt: skip


def found(store: Store, entity: str, where: Any) -> list[str]:
    root = ROOTS[entity]
    document = (
        f"query($where: {entity}Filter!) {{ {root}(where: $where, first: 1000) {{ totalCount nodes {{ id }} }} }}"
    )
    answer = store.api.data(document, where=where)[root]
    assert answer["totalCount"] == len(answer["nodes"])
    return [node["id"] for node in answer["nodes"]]


def expected(store: Store, entity: str, where: Any) -> list[str]:
    things: list[Entity] = [one for one in store.contents.visible if type(one).__name__ == entity]
    return [global_id(one) for one in by_id(things) if satisfies(store.contents, one, where)]


@pytest.mark.parametrize(("entity", "key", "word"), CASES)
def test_a_comparison_finds_what_it_finds_in_python(store: Store, entity: str, key: str, word: str) -> None:
    wheres = [{key: {word: operand}} for operand in arguments(word, operands(store.contents, entity, key))]
    for where, ids in zip(wheres, chosen(store.api, ROOTS[entity], entity, wheres), strict=True):
        assert ids == expected(store, entity, where), where


@pytest.mark.parametrize(
    "where",
    [
        {"album": {"title": {"eq": "High"}}},
        {"not": {"album": {"title": {"eq": "High"}}}},
        {"album": {"not": {"title": {"eq": "High"}}}},
        {"album": {"artist": {"name": {"iContains": "ÄRZ"}}}},
        {"album": {"releasedOn": {"isNull": True}}},
        {"playlists": {"some": {"name": {"eq": "Music"}}}},
        {"playlists": {"none": {"name": {"iStartsWith": "M"}}}},
        {"playlists": {"every": {"name": {"eq": "Music"}}}},
        {"playlists": {"some": {"name": {"eq": "Music"}}, "none": {"name": {"eq": "music"}}}},
        {"not": {"playlists": {"every": {"name": {"eq": "Music"}}}}},
        {"playlists": {"some": {"name": {"eq": "Deleted"}}}},
        {"playlistsCount": {"ge": 2}},
        {"invoiceLines": {"some": {"invoice": {"customer": {"firstName": {"eq": "Ada"}}}}}},
        {"invoiceLines": {"every": {"invoice": {"status": {"eq": "REFUNDED"}}}}},
        {"or": [{"name": {"iContains": "love"}}, {"unitPrice": {"gt": 1}}], "milliseconds": {"gt": 300_000}},
        {"and": [{"or": [{"genre": {"isNull": True}}, {"not": {"genre": {"eq": "Rock"}}}]}, {"bytes": {"ne": 0}}]},
        {"name": {"startsWith": "L", "endsWith": "e", "ne": "Love"}},
        {"not": {"not": {"not": {"composer": {"in": ["Plant"]}}}}},
    ],
    ids=str,
)
def test_relations_and_combinations_mean_what_they_say(store: Store, where: Any) -> None:
    assert found(store, "Track", where) == expected(store, "Track", where)


@pytest.mark.parametrize(
    ("entity", "where"),
    [
        ("Artist", {"albums": {"some": {"tracks": {"some": {"genre": {"eq": "Jazz"}}}}}}),
        ("Artist", {"albums": {"every": {"tracks": {"every": {"unitPrice": {"lt": "1"}}}}}}),
        ("Artist", {"albums": {"none": {"version": {"ge": 1}}}}),
        ("Playlist", {"tracks": {"some": {"album": {"artist": {"name": {"eq": "AC/DC"}}}}}}),
        ("Playlist", {"entries": {"none": {"track": {"name": {"contains": "ove"}}}}}),
        ("Playlist", {"tracksCount": {"eq": 0}}),
        ("Invoice", {"lines": {"some": {"track": {"album": {"title": {"ne": "High"}}}}}}),
    ],
    ids=str,
)
def test_every_kind_of_thing_is_filtered_by_its_relations(store: Store, entity: str, where: Any) -> None:
    assert found(store, entity, where) == expected(store, entity, where)


def test_a_filter_on_a_relation_chooses_among_what_belongs_to_each_thing(store: Store) -> None:
    where = {"or": [{"genre": {"iContains": "ROCK"}}, {"album": {"title": {"eq": "x"}}}]}
    document = """query($where: TrackFilter!) {
      albums { nodes { id tracks(where: $where, first: 2) { totalCount nodes { id } } } }
    }"""
    albums = {node["id"]: node["tracks"] for node in store.api.data(document, where=where)["albums"]["nodes"]}
    for album in store.contents.albums:
        tracks = by_id(store.contents.related(album, "tracks"))
        chosen = [{"id": written(one, "id")} for one in tracks if satisfies(store.contents, one, where)]
        assert albums[global_id(album)] == {"totalCount": len(chosen), "nodes": chosen[:2]}


def test_a_single_value_stands_for_a_list_of_one(store: Store) -> None:
    assert found(store, "Track", {"name": {"in": "Love"}}) == found(store, "Track", {"name": {"in": ["Love"]}})
    one, listed = {"name": {"eq": "Love"}}, [{"name": {"eq": "Love"}}]
    assert found(store, "Track", {"or": one}) == found(store, "Track", {"or": listed})


def test_a_moment_is_the_same_in_every_zone(store: Store) -> None:
    (moment, *_) = [one.withdrawn_at for one in store.contents.tracks if one.withdrawn_at]
    assert isinstance(moment, datetime)
    spellings = ("2024-02-29T23:59:59.999999Z", "2024-03-01T05:44:59.999999+05:45", "2024-02-29T11:59:59.999999-12:00")
    answers = [found(store, "Track", {"withdrawnAt": {"eq": spelling}}) for spelling in spellings]
    assert answers[0] != []
    assert answers == answers[:1] * 3
