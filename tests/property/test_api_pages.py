"""Walking a list page by page, in any order, with any page size and either way, visits each thing once, in order."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.relations import ToOne
from graphql_api.schema.exposure import EXPOSED
from tests.support.api import DATABASES
from tests.support.reading import by_id, global_id, ordered
from tests.support.small_store import Store, small_store

ROOTS = {"Album": "albums", "Track": "tracks", "Invoice": "invoices", "Customer": "customers", "Playlist": "playlists"}
DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")
MOST_PAGES = 40
PAGE = "totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


@pytest.fixture(scope="module", params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with small_store(request) as store:
        yield store


def keys(entity: str, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """One key of an order: a field, a count, or a key of what a thing belongs to."""
    exposure = EXPOSED[entity]
    to_one = {name: one.target for name, (_, one) in exposure.relations.items() if isinstance(one, ToOne)}
    own = st.dictionaries(
        st.sampled_from([*exposure.fields, *exposure.counts]), st.sampled_from(DIRECTIONS), min_size=1, max_size=1
    )
    below = [keys(target, depth - 1).map(lambda key, name=name: {name: key}) for name, target in to_one.items()]  # type: ignore[misc]
    return st.one_of(own, *below) if depth else own


@st.composite
def walks(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], int]:
    entity = draw(st.sampled_from(list(ROOTS)))
    # Larger pages of longer lists: it is the number of requests that takes time.
    sizes = st.integers(11, 32) if entity == "Track" else st.integers(3, 8)
    return entity, draw(st.lists(keys(entity), max_size=4)), draw(sizes)


def page_of(store: Store, entity: str, order: list[dict[str, Any]], **window: object) -> Mapping[str, Any]:
    """Ask for one page; the window is first, last, after, before."""
    root = ROOTS[entity]
    document = f"""query($order: [{entity}Order!], $first: Int, $last: Int, $after: String, $before: String) {{
      {root}(orderBy: $order, first: $first, last: $last, after: $after, before: $before) {{ {PAGE} }}
    }}"""
    page: Mapping[str, Any] = store.api.data(document, order=order or None, **window)[root]
    return page


def pages(
    store: Store, entity: str, order: list[dict[str, Any]], size: int, *, backward: bool
) -> Iterator[Mapping[str, Any]]:
    cursor, more = None, True
    for _ in range(MOST_PAGES):
        if not more:
            return
        window = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = page_of(store, entity, order, **window)
        cursor = page["pageInfo"]["startCursor" if backward else "endCursor"]
        more = page["pageInfo"]["hasPreviousPage" if backward else "hasNextPage"]
        yield page
    pytest.fail("the walk does not end")


@given(walk=walks())
def test_a_walk_visits_each_thing_once_and_in_order(store: Store, walk: tuple[str, list[dict[str, Any]], int]) -> None:
    visit_each_once(store, *walk)


# Things that are absent, things that are level, and both again in the key that comes next.
MIXED: list[list[dict[str, Any]]] = [
    [{"genre": one}, {"composer": other}, {"milliseconds": one}]
    for one, other in zip(DIRECTIONS, DIRECTIONS[1:] + DIRECTIONS[:1], strict=True)
]
ALONE: list[list[dict[str, Any]]] = [
    [{"bytes": "ASC_NULLS_FIRST"}],
    [{"bytes": "DESC_NULLS_LAST"}],
    [{"composer": "ASC"}],
    [{"composer": "DESC"}],
    [{"album": {"releasedOn": "ASC"}}, {"genre": "DESC"}],
    [{"album": {"releasedOn": "DESC_NULLS_LAST"}}],
    [{"album": {"artist": {"name": "DESC"}}}],
    [{"playlistsCount": "DESC"}, {"bytes": "ASC"}],
]


@pytest.mark.parametrize("order", [*MIXED, *ALONE], ids=str)
def test_small_pages_end_among_absent_and_equal_values(store: Store, order: list[dict[str, Any]]) -> None:
    visit_each_once(store, "Track", order, 4)


def visit_each_once(store: Store, entity: str, order: list[dict[str, Any]], size: int) -> None:
    things = [one for one in store.contents.visible if type(one).__name__ == entity]
    expected = [global_id(one) for one in ordered(store.contents, things, order)]
    for backward in (False, True):
        visited: list[list[str]] = []
        for page in pages(store, entity, order, size, backward=backward):
            ids = ids_of(page)
            check(page, total=len(expected))
            assert page["pageInfo"]["hasNextPage" if backward else "hasPreviousPage"] is bool(visited)
            visited.append(ids)
        assert all(len(ids) == size for ids in visited[:-1])
        in_order = visited[::-1] if backward else visited
        assert [id for ids in in_order for id in ids] == expected


def cursors_of(store: Store, entity: str, order: list[dict[str, Any]]) -> list[str]:
    """Ask for the cursors of a whole list."""
    root = ROOTS[entity]
    document = f"query($order: [{entity}Order!]) {{ {root}(orderBy: $order, first: 1000) {{ edges {{ cursor }} }} }}"
    return [edge["cursor"] for edge in store.api.data(document, order=order or None)[root]["edges"]]


def ids_of(page: Mapping[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


def check(page: Mapping[str, Any], total: int) -> None:
    assert page["totalCount"] == total
    cursors = [edge["cursor"] for edge in page["edges"]] or [None]
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])


@given(walk=walks(), data=st.data())
def test_two_cursors_cut_out_what_lies_between_them(
    store: Store, walk: tuple[str, list[dict[str, Any]], int], data: st.DataObject
) -> None:
    entity, order, size = walk
    things = [one for one in store.contents.visible if type(one).__name__ == entity]
    expected = [global_id(one) for one in ordered(store.contents, things, order)]
    cursors = cursors_of(store, entity, order)
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(expected) - 1)] * 2)))
    backward = data.draw(st.booleans())
    size_of = {"last" if backward else "first": size}
    page = page_of(store, entity, order, after=cursors[low], before=cursors[high], **size_of)
    between = expected[low + 1 : high]
    assert ids_of(page) == (between[-size:] if backward else between[:size])
    assert page["totalCount"] == len(expected)


@given(key=keys("Track"), size=st.integers(1, 4), place=st.integers(0, 29))
def test_each_parent_of_a_nested_list_has_its_own_rest_after_a_cursor(
    store: Store, key: dict[str, Any], size: int, place: int
) -> None:
    document = """query($order: [TrackOrder!], $size: Int, $after: String) { albums { nodes {
      tracks(orderBy: $order, first: $size, after: $after) { totalCount nodes { id } pageInfo { hasNextPage } }
    } } }"""
    tracks = ordered(store.contents, store.contents.tracks, [key])
    cursor = cursors_of(store, "Track", [key])[place]
    albums = store.api.data(document, order=[key], size=size, after=cursor)["albums"]["nodes"]
    for album, found in zip(by_id(store.contents.albums), albums, strict=True):
        owned = store.contents.related(album, "tracks")
        rest = [one for one in tracks[place + 1 :] if one in owned]
        assert found["tracks"] == {
            "totalCount": len(owned),
            "nodes": [{"id": global_id(one)} for one in rest[:size]],
            "pageInfo": {"hasNextPage": len(rest) > size},
        }
