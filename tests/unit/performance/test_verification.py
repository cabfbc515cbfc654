"""Answers in one form, whatever a server calls things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.album.entity import Album
from graphql_api.schema.identity import encode_id
from graphql_api.seeding.chinook.rows import identity
from tests.performance.system import System
from tests.performance.verification import Different, canonical, chinook_key, differences, verify
from tests.unit.performance.answering import answering

GENRES = {"Rock": 1, "Jazz": 2}
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(st.integers(1, 2**31 - 1))
def test_an_identity_leads_back_to_the_key_in_the_file(key: int) -> None:
    assert chinook_key(encode_id("Album", identity(Album, key))) == key


def test_both_ways_to_write_an_answer_become_one() -> None:
    key = encode_id("Album", identity(Album, 7))
    ours = {"tracks": {"nodes": [{"id": key, "genre": "Jazz", "mediaType": "MPEG", "album": {"title": "Facelift"}}]}}
    theirs = {"tracks": [{"id": 7, "genreId": 2, "albumId": 5, "album": {"title": "Facelift"}}]}
    assert canonical(ours, GENRES) == canonical(theirs, GENRES)


def test_cursors_may_differ_but_not_be_missing() -> None:
    assert canonical({"endCursor": "abc"}, GENRES) == canonical({"endCursor": "xyz"}, GENRES)
    assert canonical({"endCursor": None}, GENRES) != canonical({"endCursor": "xyz"}, GENRES)


def test_new_things_are_compared_without_their_identities() -> None:
    assert canonical({"playlist": {"id": 19, "name": "a"}}, GENRES) == {"playlist": {"name": "a"}}


@given(JSON, JSON)
def test_differences_are_named_exactly_where_there_are_any(one: object, other: object) -> None:
    assert list(differences(one, one)) == []
    assert bool(list(differences(one, other))) == (one != other)


def test_servers_that_answer_differently_are_told_apart() -> None:
    with answering(b'{"data":{"album":{"title":"A"}}}') as one, answering(b'{"data":{"album":{"title":"B"}}}') as other:
        first, second = (System(name, url, 0, {"Q1": ["{}"]}) for name, url in (("one", one), ("other", other)))
        verify([first, first], ["Q1"], GENRES)
        with pytest.raises(Different, match=r"one and other differ in data\.album\.title: A and B"):
            verify([first, second], ["Q1"], GENRES)
