"""Everything that an operation can do to what it selects: aliases, fragments, directives, variables, `__typename`."""

from typing import Any

from tests.support.reading import by_id, global_id
from tests.support.small_store import Store


def test_one_relation_under_several_aliases_has_its_own_arguments_each_time(store: Store) -> None:
    found = store.api.data(
        """query($id: ID!) { artist(id: $id) {
          first: albums(first: 1) { nodes { id } pageInfo { hasNextPage } }
          last: albums(last: 1) { nodes { id } pageInfo { hasPreviousPage } }
          descending: albums(orderBy: [{ id: DESC }]) { nodes { id } }
          high: albums(where: { title: { eq: "High" } }) { totalCount }
          none: albums(where: { title: { eq: "nothing" } }) { totalCount nodes { id } }
          albums { totalCount }
        } }""",
        id=global_id(store.contents.artists[0]),
    )["artist"]
    albums = by_id(store.contents.related(store.contents.artists[0], "albums"))
    ids = [{"id": global_id(album)} for album in albums]
    assert len(ids) == 2
    assert found == {
        "first": {"nodes": ids[:1], "pageInfo": {"hasNextPage": True}},
        "last": {"nodes": ids[-1:], "pageInfo": {"hasPreviousPage": True}},
        "descending": {"nodes": ids[::-1]},
        "high": {"totalCount": sum(album.title == "High" for album in albums)},
        "none": {"totalCount": 0, "nodes": []},
        "albums": {"totalCount": 2},
    }


def test_a_relation_reached_through_edges_and_through_nodes_keeps_its_arguments_apart(store: Store) -> None:
    found = store.api.data(
        """{ artists(first: 2) {
          edges { node { id albums(first: 1, orderBy: [{ id: DESC }]) { nodes { title } } } }
          nodes { id albums { totalCount edges { node { id } } } }
        } }"""
    )["artists"]
    for edge, node in zip(found["edges"], found["nodes"], strict=True):
        assert edge["node"]["id"] == node["id"]
        (owner,) = [one for one in store.contents.artists if global_id(one) == node["id"]]
        albums = by_id(store.contents.related(owner, "albums"))
        assert edge["node"]["albums"] == {"nodes": [{"title": one.title} for one in albums[::-1][:1]]}
        assert node["albums"] == {
            "totalCount": len(albums),
            "edges": [{"node": {"id": global_id(one)}} for one in albums],
        }


def test_selections_of_one_field_in_several_places_are_merged(store: Store) -> None:
    found = store.api.data(
        """query($id: ID!) {
          album(id: $id) { tracks(first: 2) { nodes { id } } }
          album(id: $id) { title tracks(first: 2) { totalCount nodes { name album { title } } } }
          ...More
        } fragment More on Query { album(id: $id) { tracks(first: 2) { edges { cursor } nodes { album { id } } } } }""",
        id=global_id(store.contents.albums[0]),
    )["album"]
    album = store.contents.albums[0]
    tracks = by_id(store.contents.related(album, "tracks"))
    assert [len(found["tracks"].pop("edges"))] == [2]
    assert found == {
        "title": album.title,
        "tracks": {
            "totalCount": len(tracks),
            "nodes": [
                {"id": global_id(one), "name": one.name, "album": {"id": global_id(album), "title": album.title}}
                for one in tracks[:2]
            ],
        },
    }


def test_fragments_of_every_kind_select_what_they_say(store: Store) -> None:
    track = store.contents.tracks[1]
    album = store.contents.related(track, "album")
    found = store.api.data(
        """query($id: ID!) {
          node(id: $id) {
            ...Anything
            ...OnTrack
            ... { again: id }
            ... on Album { title }
            ... on Node { ... on Track { composer ... on Node { third: id } } }
          }
        }
        fragment Anything on Node { __typename id ...OnTrack ...OnAlbum }
        fragment OnTrack on Track { name ...Deep }
        fragment Deep on Track { album { ...OnAlbum artist { ...Named } } }
        fragment OnAlbum on Album { title ... on Node { id } }
        fragment Named on Artist { name }""",
        id=global_id(track),
    )["node"]
    assert found == {
        "__typename": "Track",
        "id": global_id(track),
        "again": global_id(track),
        "third": global_id(track),
        "name": track.name,
        "composer": track.composer,
        "album": {
            "title": album.title,
            "id": global_id(album),
            "artist": {"name": store.contents.related(album, "artist").name},
        },
    }


def test_one_fragment_is_shared_by_several_places(store: Store) -> None:
    found = store.api.data(
        """{ albums { nodes { ...Page } } artists { nodes { albums { edges { node { ...Page } } } } } }
        fragment Page on Album { id tracks(first: 1, orderBy: [{ name: DESC }]) { nodes { name } } }"""
    )
    pages = {node["id"]: node for node in found["albums"]["nodes"]}
    shared = [edge["node"] for artist in found["artists"]["nodes"] for edge in artist["albums"]["edges"]]
    assert {node["id"]: node for node in shared} == pages
    for album in store.contents.albums:
        names = sorted((track.name for track in store.contents.related(album, "tracks")), reverse=True)
        assert [node["name"] for node in pages[global_id(album)]["tracks"]["nodes"]] == names[:1]


def test_directives_leave_out_fields_fragments_and_whole_relations(store: Store) -> None:
    document = """query($id: ID!, $yes: Boolean!, $no: Boolean = false) {
      album(id: $id) {
        title @include(if: $yes)
        id @skip(if: $yes)
        releasedOn @include(if: $no)
        version @skip(if: $no) @include(if: $yes)
        artist @include(if: $no) { name }
        tracks @skip(if: $no) { totalCount @include(if: $yes) nodes @include(if: $no) { name } }
        ... @include(if: $no) { createdAt }
        ... on Album @skip(if: $no) { ...Times @include(if: $no) again: title }
      }
      skipped: artists @include(if: $no) { totalCount }
    } fragment Times on Album { updatedAt }"""
    album = store.contents.albums[0]
    assert store.api.data(document, id=global_id(album), yes=True) == {
        "album": {
            "title": album.title,
            "version": 1,
            "again": album.title,
            "tracks": {"totalCount": len(store.contents.related(album, "tracks"))},
        }
    }


def test_an_operation_from_which_everything_is_left_out_answers_an_empty_object(store: Store) -> None:
    assert store.api.data("{ artists @skip(if: true) { totalCount } }") == {}


VARIABLES = """query(
  $first: Int = 2, $order: [AlbumOrder!] = [{ title: ASC }, { id: DESC }], $title: String = "High", $after: String
) {
  albums(first: $first, after: $after, orderBy: $order, where: { or: [{ title: { eq: $title } }, { title: { eq: "Low" } }] }) {
    nodes { title }
  }
}"""


def test_variables_have_their_defaults_until_they_are_given(store: Store) -> None:
    def titles(**variables: Any) -> list[str]:
        return [node["title"] for node in store.api.data(VARIABLES, **variables)["albums"]["nodes"]]

    assert titles() == ["High", "High"]
    assert titles(first=10) == ["High", "High", "Low"]
    assert titles(title="high", first=10) == ["Low", "high"]
    assert titles(order=[{"title": "DESC"}], first=1) == ["Low"]
    assert titles(order=None, first=None, after=None) == [
        one.title for one in by_id(store.contents.albums) if one.title in {"High", "Low"}
    ]


def test_a_variable_without_a_value_leaves_its_argument_out(store: Store) -> None:
    document = (
        "query($where: AlbumFilter, $size: Int) { albums(where: $where, first: $size) { totalCount nodes { id } } }"
    )
    everything = store.api.data(document)["albums"]
    assert everything["totalCount"] == len(everything["nodes"]) == len(store.contents.albums)


def test_variables_stand_anywhere_in_a_filter(store: Store) -> None:
    document = """query($name: String!, $names: [String!], $part: TrackFilter!, $order: SortDirection!) {
      tracks(where: { or: [{ name: { eq: $name } }, { name: { in: $names } }, $part] }, orderBy: [{ name: $order }]) {
        nodes { name }
      }
    }"""
    part = {"album": {"title": {"eq": "%"}}}
    found = store.api.data(document, name="Love", names=["love", "LOVE"], part=part, order="DESC")
    on_album = [one for one in store.contents.albums if one.title == "%"]
    names = {"Love", "love", "LOVE", *(one.name for one in store.contents.related(on_album[0], "tracks"))}
    assert [node["name"] for node in found["tracks"]["nodes"]] == sorted(names, reverse=True)


def test_typename_answers_everywhere(store: Store) -> None:
    found = store.api.data(
        """{ __typename artists(first: 1, where: { albums: { some: { version: { eq: 1 } } } }) { __typename
          edges { __typename node { __typename albums(first: 1) { __typename nodes { __typename artist { __typename } } } } }
          pageInfo { __typename } } }"""
    )
    album = {"__typename": "Album", "artist": {"__typename": "Artist"}}
    albums = {"__typename": "AlbumConnection", "nodes": [album]}
    assert found == {
        "__typename": "Query",
        "artists": {
            "__typename": "ArtistConnection",
            "edges": [{"__typename": "ArtistEdge", "node": {"__typename": "Artist", "albums": albums}}],
            "pageInfo": {"__typename": "PageInfo"},
        },
    }


def test_only_typename_of_a_thing_still_finds_out_whether_it_is_there(store: Store) -> None:
    document = "query($id: ID!) { node(id: $id) { __typename } }"
    assert store.api.data(document, id=global_id(store.contents.artists[0])) == {"node": {"__typename": "Artist"}}


def test_several_root_fields_are_answered_together(store: Store) -> None:
    fields = " ".join(f"a{number}: tracks(first: {number + 1}) {{ nodes {{ id }} }}" for number in range(20))
    found = store.api.data(f"{{ {fields} }}")
    assert [len(found[f"a{number}"]["nodes"]) for number in range(20)] == [*range(1, 21)]
