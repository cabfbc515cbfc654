"""Pages at their edges, and cursors that do not belong."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest

from tests.support.api import Api, Fault
from tests.support.reading import by_id, global_id
from tests.support.small_store import Store

INFO = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


def cursor_of(store: Store, list_of: str = "tracks", order: str = "orderBy: [{ name: ASC }], ") -> str:
    cursor: str = store.api.data(f"{{ {list_of}({order}first: 2) {{ pageInfo {{ endCursor }} }} }}")[list_of][
        "pageInfo"
    ]["endCursor"]
    return cursor


def test_an_empty_list_has_one_empty_page(store: Store) -> None:
    for window in ("", "(first: 3)", "(last: 3)"):
        document = f'{{ albums(where: {{ title: {{ eq: "no" }} }}) {{ nodes {{ tracks{window} {{ totalCount {INFO} }} }} totalCount {INFO} }} }}'
        page = store.api.data(document)["albums"]
        nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
        assert page == {"totalCount": 0, "nodes": [], "pageInfo": nothing}


def test_a_page_that_holds_everything_has_nothing_around_it(store: Store) -> None:
    for window in ("first: 7", "last: 7", "first: 1000", "last: 1000"):
        info = store.api.data(f"{{ albums({window}) {{ {INFO} }} }}")["albums"]["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, False)


def test_a_page_has_the_size_of_the_settings_unless_it_is_said(store: Store) -> None:
    default = store.settings.graphql.default_page_size
    names = ", ".join(f'"{number}"' for number in range(default))
    page = store.api.data(f"{{ tracks(where: {{ name: {{ notIn: [{names}] }} }}) {{ {INFO} }} }}")["tracks"]
    assert len(page["nodes"]) == min(default, len(store.contents.tracks))


def test_a_window_of_nothing_still_knows_what_lies_around(store: Store) -> None:
    edges = store.api.data("{ albums { edges { cursor } } }")["albums"]["edges"]
    document = (
        f"query($after: String, $before: String) {{ albums(first: 2, after: $after, before: $before) {{ {INFO} }} }}"
    )
    page = store.api.data(document, after=edges[2]["cursor"], before=edges[3]["cursor"])["albums"]
    assert page["nodes"] == []
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


def test_beyond_the_last_thing_there_is_nothing_more(store: Store) -> None:
    last = store.api.data("{ albums(last: 1) { pageInfo { endCursor } } }")["albums"]["pageInfo"]["endCursor"]
    page = store.api.data(f"query($c: String) {{ albums(first: 2, after: $c) {{ totalCount {INFO} }} }}", c=last)[
        "albums"
    ]
    assert page["totalCount"] == len(store.contents.albums)
    assert page["nodes"] == []
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (False, True)


SIZES: list[tuple[str, str, str]] = [
    ("first: 0", "first", "between 1 and 1000, not 0"),
    ("first: -1", "first", "between 1 and 1000, not -1"),
    ("first: 1001", "first", "between 1 and 1000, not 1001"),
    ("first: 2147483647", "first", "between 1 and 1000"),
    ("last: 0", "last", "between 1 and 1000, not 0"),
    ("last: -2147483648", "last", "between 1 and 1000"),
    ("last: 1001", "last", "between 1 and 1000"),
    ("first: 1, last: 1", "last", "cannot be combined with first"),
]


@pytest.mark.parametrize(("window", "argument", "text"), SIZES)
def test_a_size_that_cannot_be_is_an_error_at_its_place(store: Store, window: str, argument: str, text: str) -> None:
    for selection in ("totalCount", "nodes { id }"):
        fault = store.api.fault(f"{{ tracks({window}) {{ {selection} }} }}")
        assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", argument)
        assert text in fault.message
    nested = store.api.fault(f"{{ albums {{ nodes {{ tracks({window}) {{ totalCount }} }} }} }}")
    assert nested.argument == f"tracks.{argument}"


@pytest.mark.parametrize(
    "window", ['first: "1"', "first: 1.0", "first: 2147483648", "first: [1]", "after: 1", "first: true"]
)
def test_a_window_of_the_wrong_type_is_refused(store: Store, window: str) -> None:
    fault = store.api.fault(f"{{ tracks({window}) {{ totalCount }} }}")
    assert (fault.status, fault.code) == (400, "GRAPHQL_VALIDATION_FAILED")


def test_null_arguments_of_a_page_are_as_if_left_out(store: Store) -> None:
    document = f"{{ albums(first: null, last: null, after: null, before: null, orderBy: null) {{ {INFO} }} }}"
    assert store.api.data(document) == store.api.data(f"{{ albums {{ {INFO} }} }}")


def refused(store: Store, cursor: str, where: str = "after", order: str = "orderBy: [{ name: ASC }]") -> Fault:
    document = f"query($cursor: String) {{ tracks({order}, first: 2, {where}: $cursor) {{ nodes {{ id }} }} }}"
    fault = store.api.fault(document, cursor=cursor)
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", where)
    assert fault.error["path"] == ["tracks"]
    return fault


@pytest.mark.parametrize("where", ["after", "before"])
@pytest.mark.parametrize(
    "order",
    [
        "orderBy: [{ name: DESC }]",
        "orderBy: [{ name: ASC_NULLS_FIRST }]",
        "orderBy: [{ name: ASC }, { genre: ASC }]",
        "orderBy: [{ genre: ASC }]",
        "orderBy: [{ id: ASC }]",
        "orderBy: [{ album: { title: ASC } }]",
        "orderBy: [{ playlistsCount: ASC }]",
        "orderBy: null",
    ],
)
def test_a_cursor_of_another_order_is_refused_as_that(store: Store, order: str, where: str) -> None:
    assert "another list or order" in refused(store, cursor_of(store), where, order).message


def test_a_cursor_of_another_kind_of_list_is_refused_as_that(store: Store) -> None:
    for other in ("artists", "playlists"):
        assert "another list or order" in refused(store, cursor_of(store, other)).message


def test_ways_to_write_one_order_share_their_cursors(store: Store) -> None:
    cursor = cursor_of(store)
    expected = store.api.data(
        "query($c: String) { tracks(orderBy: [{ name: ASC }], first: 2, after: $c) { nodes { id } } }", c=cursor
    )
    for order in (
        "[{ name: ASC_NULLS_LAST }]",
        "{ name: ASC }",
        "[{ name: ASC }, { id: ASC }]",
        "[{ name: ASC }, { name: DESC }]",
    ):
        document = f"query($c: String) {{ tracks(orderBy: {order}, first: 2, after: $c) {{ nodes {{ id }} }} }}"
        assert store.api.data(document, c=cursor) == expected


def tampered(cursor: str) -> dict[str, str]:
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = bytes([raw[-2] ^ 1])
    return {
        "empty": "",
        "a word": "next",
        "truncated": cursor[:-4],
        "half": cursor[: len(cursor) // 2],
        "extended": cursor + "AAAA",
        "last byte": urlsafe_b64encode(raw[:-2] + flipped + raw[-1:]).decode().rstrip("="),
        "first byte": urlsafe_b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode().rstrip("="),
        "without its seal": urlsafe_b64encode(raw[8:]).decode().rstrip("="),
        "a list of its own": urlsafe_b64encode(b'[1,"x","y","z"]').decode(),
        "deep": urlsafe_b64encode(b"[" * 20_000).decode(),
        "no base64": "€" * 10,
        "NUL": "\0",
        "long": "A" * 100_000,
    }


@pytest.mark.parametrize("how", tampered("AAAAAAAAAAAAAAAAAAAAAAAA"))
def test_a_cursor_that_was_not_given_out_like_that_is_refused(store: Store, how: str) -> None:
    for where in ("after", "before"):
        fault = refused(store, tampered(cursor_of(store))[how], where)
        assert "send one back as it was received" in fault.message
        assert len(fault.message) < 200


def test_every_byte_of_a_cursor_counts(store: Store) -> None:
    cursor = cursor_of(store)
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 0b100]) + raw[place + 1 :]
        refused(store, urlsafe_b64encode(changed).decode().rstrip("="))


def test_the_cursors_of_a_relation_and_of_the_list_are_of_one_kind(store: Store) -> None:
    album = store.contents.albums[0]
    document = "query($id: ID!) { album(id: $id) { tracks(first: 1) { pageInfo { endCursor } } } }"
    cursor = store.api.data(document, id=global_id(album))["album"]["tracks"]["pageInfo"]["endCursor"]
    found = store.api.data("query($c: String) { tracks(first: 1, after: $c) { nodes { id } } }", c=cursor)
    first = by_id(store.contents.related(album, "tracks"))[0]
    tracks = by_id(store.contents.tracks)
    assert found["tracks"]["nodes"] == [{"id": global_id(tracks[tracks.index(first) + 1])}]


def names(shop: Api, **window: Any) -> tuple[list[str], str]:
    document = """query($after: String) { artists(orderBy: [{ name: ASC }], first: 2, after: $after) {
      nodes { name } pageInfo { endCursor } } }"""
    page = shop.data(document, **window)["artists"]
    return [node["name"] for node in page["nodes"]], page["pageInfo"]["endCursor"]


def test_a_walk_goes_on_where_it_was_although_things_come_and_change(shop: Api) -> None:
    create = "mutation($name: String!) { createArtist(input: { name: $name }) { ... on CreateArtistSuccess { artist { id } } } }"
    rename = "mutation($id: ID!, $name: String!) { renameArtist(input: { artistId: $id, name: $name }) { __typename } }"
    ids = {name: shop.data(create, name=name)["createArtist"]["artist"]["id"] for name in ("b", "d", "f", "h")}
    first, cursor = names(shop)
    assert first == ["b", "d"]
    for name in ("a", "c", "e"):
        shop.data(create, name=name)
    shop.data(rename, id=ids["d"], name="z")
    second, cursor = names(shop, after=cursor)
    assert second == ["e", "f"]
    assert names(shop, after=cursor)[0] == ["h", "z"]
