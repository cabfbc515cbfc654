"""Each entity as a client reads it: by its id, in lists, through `node` and along its relations."""

from base64 import b64encode
from typing import Any

import pytest

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity, describe
from domain.kernel.identity import new_id
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.identity import encode_id
from tests.support.reading import by_id, global_id, shown
from tests.support.small_store import Store

ROOTS: dict[type[Entity], tuple[str, str]] = {
    Artist: ("artist", "artists"),
    Album: ("album", "albums"),
    Track: ("track", "tracks"),
    Playlist: ("playlist", "playlists"),
    Customer: ("customer", "customers"),
    Invoice: ("invoice", "invoices"),
}
ENTITIES = (*ROOTS, PlaylistEntry, InvoiceLine)
RELATIONS = [(entity, name) for entity in ENTITIES for name in describe(entity).relations]

each_root = pytest.mark.parametrize("entity", ROOTS, ids=lambda entity: entity.__name__)
each_entity = pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.__name__)


@each_root
def test_every_field_reads_as_it_was_stored(store: Store, entity: type[Entity]) -> None:
    _, many = ROOTS[entity]
    fields = " ".join(EXPOSED[entity.__name__].fields)
    listed = store.api.data(f"{{ {many}(first: 1000) {{ totalCount nodes {{ {fields} }} }} }}")[many]
    expected = [shown(thing) for thing in by_id(store.contents.all(entity))]
    assert listed == {"totalCount": len(expected), "nodes": expected}


@each_root
def test_one_thing_is_found_by_its_id(store: Store, entity: type[Entity]) -> None:
    one, _ = ROOTS[entity]
    fields = " ".join(EXPOSED[entity.__name__].fields)
    thing = store.contents.all(entity)[-1]
    found = store.api.data(f"query($id: ID!) {{ {one}(id: $id) {{ __typename {fields} }} }}", id=global_id(thing))
    assert found == {one: {"__typename": entity.__name__, **shown(thing)}}


@each_entity
def test_node_finds_things_of_every_kind(store: Store, entity: type[Entity]) -> None:
    fields = " ".join(EXPOSED[entity.__name__].fields)
    thing = store.contents.all(entity)[0]
    document = f"query($id: ID!) {{ node(id: $id) {{ __typename id ... on {entity.__name__} {{ {fields} }} }} }}"
    assert store.api.data(document, id=global_id(thing)) == {"node": {"__typename": entity.__name__, **shown(thing)}}


@pytest.mark.parametrize(("entity", "relation"), RELATIONS, ids=lambda part: getattr(part, "__name__", part))
def test_a_relation_leads_to_what_belongs_to_each_thing(store: Store, entity: type[Entity], relation: str) -> None:
    name = next(key for key, (own, _) in EXPOSED[entity.__name__].relations.items() if own == relation)
    to_many = "via" not in describe(entity).fields and hasattr(describe(entity).relations[relation], "through")
    selection = (
        f"{name}(first: 1000) {{ totalCount nodes {{ __typename id }} }}" if to_many else f"{name} {{ __typename id }}"
    )
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {entity.__name__} {{ {selection} }} }} }}"
    for thing in store.contents.all(entity)[:10]:
        found = store.api.data(document, id=global_id(thing))["node"][name]
        assert found == reference(store.contents.related(thing, relation))


def reference(related: Any) -> Any:
    if related is None:
        return None
    if isinstance(related, Entity):
        return {"__typename": type(related).__name__, "id": global_id(related)}
    return {"totalCount": len(related), "nodes": [reference(one) for one in by_id(related)]}


@each_root
def test_what_does_not_exist_is_null(store: Store, entity: type[Entity]) -> None:
    one, _ = ROOTS[entity]
    unknown = encode_id(entity.__name__, new_id())
    document = f"query($id: ID!) {{ {one}(id: $id) {{ id }} node(id: $id) {{ id }} }}"
    assert store.api.data(document, id=unknown) == {one: None, "node": None}


def test_what_was_deleted_is_gone_from_everywhere(store: Store) -> None:
    (deleted,) = [one for one in store.contents.playlists if one.deleted_at is not None]
    document = "query($id: ID!) { playlist(id: $id) { id } node(id: $id) { id } playlists { nodes { id } } }"
    found = store.api.data(document, id=global_id(deleted))
    assert (found["playlist"], found["node"]) == (None, None)
    assert global_id(deleted) not in {node["id"] for node in found["playlists"]["nodes"]}


@each_root
def test_an_id_of_another_kind_is_refused_by_name(store: Store, entity: type[Entity]) -> None:
    one, _ = ROOTS[entity]
    other = next(kind for kind in ENTITIES if kind is not entity)
    fault = store.api.fault(
        f"query($id: ID!) {{ {one}(id: $id) {{ id }} }}", id=global_id(store.contents.all(other)[0])
    )
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", "id")
    assert fault.message == f"id: is the id of one {other.__name__}, and one of {entity.__name__} is needed"
    assert fault.error["path"] == [one]


def spelled(text: str) -> str:
    return b64encode(text.encode()).decode()


MALFORMED_IDS = {
    "empty": "",
    "no base64": "not an id",
    "not padded": spelled("Artist:00000000-0000-7000-8000-000000000001").rstrip("="),
    "line break": spelled("Track:00000000-0000-7000-8000-000000000001") + "\n",
    "a plain identity": "00000000-0000-7000-8000-000000000001",
    "no kind": spelled("00000000-0000-7000-8000-000000000001"),
    "no identity": spelled("Track:"),
    "a number": spelled("Track:1"),
    "upper case": spelled("Track:0000000A-0000-7000-8000-000000000001"),
    "no hyphens": spelled("Track:00000000000070008000000000000001"),
    "kind in lower case": spelled("track:00000000-0000-7000-8000-000000000001"),
    "unknown kind": spelled("Secret:00000000-0000-7000-8000-000000000001"),
    "no text": b64encode(b"\xff\xfe").decode(),
    "NUL": "\0",
    "beyond ASCII": "é" * 8,
    "long": "A" * 40_000,
}


@pytest.mark.parametrize("root", ["track", "node"])
@pytest.mark.parametrize("id", MALFORMED_IDS.values(), ids=MALFORMED_IDS)
def test_a_malformed_id_is_an_error_that_names_it(store: Store, root: str, id: str) -> None:
    fault = store.api.fault(f"query($id: ID!) {{ {root}(id: $id) {{ id }} }}", id=id)
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", "id")
    assert len(fault.message) < 200


def test_an_id_may_be_written_as_a_number_and_is_malformed_all_the_same(store: Store) -> None:
    assert store.api.fault("{ track(id: 12345) { id } }").argument == "id"


def test_duration_is_computed_whatever_else_is_selected(store: Store) -> None:
    def spoken(milliseconds: int) -> str:
        seconds = round(milliseconds / 1000)
        return f"{seconds // 60}:{seconds % 60:02}"

    document = """{
      alone: tracks { nodes { duration } }
      together: tracks { nodes { milliseconds duration } }
      nested: albums { nodes { tracks { nodes { ...Length } } } }
    } fragment Length on Track { length: duration }"""
    found = store.api.data(document)
    tracks = list(by_id(store.contents.tracks))
    expected = [spoken(track.milliseconds) for track in tracks]
    assert [node["duration"] for node in found["alone"]["nodes"]] == expected
    assert [node["duration"] for node in found["together"]["nodes"]] == expected
    nested = [[track["length"] for track in album["tracks"]["nodes"]] for album in found["nested"]["nodes"]]
    assert nested == [
        [spoken(track.milliseconds) for track in by_id(store.contents.related(album, "tracks"))]
        for album in by_id(store.contents.albums)
    ]
