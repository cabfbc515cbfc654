"""Several things at once: all of them or none, no more than allowed, and nothing that the viewer may not see."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest

from domain.kernel import viewer as viewers
from domain.kernel.identity import new_id
from domain.kernel.viewer import ANONYMOUS
from domain.track.entity import Track
from graphql_api.schema.identity import encode_id
from graphql_api.settings import CommandSettings
from tests.integration.api.doing import FAILED, a_customer, a_track, done
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

MOST = 8
FAILURES = "... on BatchFailed { failures { index id code message } }"
CREATE = f"""mutation($input: [CreateTrackInput!]!, $key: String) {{
  result: createTracks(input: $input, idempotencyKey: $key) {{
    __typename {FAILED} {FAILURES} ... on CreateTracksSuccess {{ tracks {{ id name album {{ title }} }} }}
  }}
}}"""
UPDATE = f"""mutation($where: TrackFilter!, $set: UpdateTracksSet!, $key: String) {{
  result: updateTracks(where: $where, set: $set, idempotencyKey: $key) {{
    __typename {FAILED} {FAILURES} ... on UpdateTracksSuccess {{ tracks {{ id genre version }} }}
  }}
}}"""
DELETE = f"""mutation($where: TrackFilter!) {{
  result: deleteTracks(where: $where) {{ __typename {FAILED} {FAILURES} ... on DeleteTracksSuccess {{ deletedIds }} }}
}}"""


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest) -> Iterator[Api]:
    with new_database(request) as url, serving(settings_of(url, commands=CommandSettings(max_batch_size=MOST))) as api:
        yield api


@pytest.fixture
def composer() -> str:
    """A composer whom only the tracks of one test have."""
    return str(uuid4())


def track_input(**values: Any) -> dict[str, Any]:
    return {"name": "Song", "mediaType": "MPEG", "milliseconds": 1_000, "unitPrice": "0.99", **values}


def stock(api: Api, composer: str, number: int) -> list[str]:
    return [a_track(api, composer=composer, name=f"{place}")["id"] for place in range(number)]


def by(composer: str) -> Mapping[str, Any]:
    return {"composer": {"eq": composer}}


def stored(api: Api, composer: str, fields: str = "id genre version") -> list[dict[str, Any]]:
    document = (
        f"query($where: TrackFilter!) {{ tracks(where: $where, orderBy: [{{ id: ASC }}]) {{ nodes {{ {fields} }} }} }}"
    )
    nodes: list[dict[str, Any]] = api.data(document, where=by(composer))["tracks"]["nodes"]
    return nodes


def test_several_are_made_together_and_come_back_in_their_order(shop: Api, composer: str) -> None:
    names = ["C", "A", "B"]
    result = shop.data(CREATE, input=[track_input(name=name, composer=composer) for name in names])["result"]
    assert [track["name"] for track in result["tracks"]] == names
    assert {track["id"] for track in result["tracks"]} == {one["id"] for one in stored(shop, composer)}


def test_all_that_is_wrong_with_any_of_them_is_told_with_its_place(shop: Api, composer: str) -> None:
    inputs = [track_input(composer=composer), track_input(name=""), track_input(albumId="?", milliseconds=0)]
    result = shop.data(CREATE, input=inputs)["result"]
    assert [(one["path"], one["code"]) for one in result["violations"]] == [
        (["input", "2", "albumId"], "MALFORMED_ID"),
        (["input", "2", "milliseconds"], "TOO_SMALL"),
    ]
    result = shop.data(CREATE, input=inputs[:2])["result"]
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["input", "1", "name"], "TOO_SHORT")]
    assert stored(shop, composer) == []


def test_one_that_fails_keeps_all_from_being_made_and_each_failure_is_reported(shop: Api, composer: str) -> None:
    nowhere = encode_id("Album", new_id())
    inputs = [track_input(composer=composer, albumId=album) for album in (None, nowhere, None, nowhere)]
    result = shop.data(CREATE, input=inputs)["result"]
    assert (result["__typename"], result["code"]) == ("BatchFailed", "BATCH_FAILED")
    assert [(one["index"], one["id"], one["code"]) for one in result["failures"]] == [
        (1, None, "NOT_FOUND"),
        (3, None, "NOT_FOUND"),
    ]
    assert stored(shop, composer) == []


def test_all_that_a_filter_chooses_is_changed_and_nothing_else(shop: Api, composer: str) -> None:
    ids, other = stock(shop, composer, 3), a_track(shop, genre="Rock")["id"]
    result = shop.data(UPDATE, where=by(composer), set={"genre": "Jazz"})["result"]
    changed = [{"id": id, "genre": "Jazz", "version": 2} for id in ids]
    assert (result["tracks"], stored(shop, composer)) == (changed, changed)
    found = shop.data("query($id: ID!) { track(id: $id) { genre version } }", id=other)
    assert found == {"track": {"genre": "Rock", "version": 1}}


def test_a_batch_with_a_key_is_carried_out_once(shop: Api, composer: str) -> None:
    inputs = [track_input(name=name, composer=composer) for name in "AB"]
    first = shop.data(CREATE, input=inputs, key=composer)
    assert shop.data(CREATE, input=inputs, key=composer) == first
    assert len(stored(shop, composer)) == 2
    values = {"where": by(composer), "set": {"genre": "Jazz"}, "key": f"{composer}!"}
    assert shop.data(UPDATE, **values) == shop.data(UPDATE, **values)
    again = shop.data(UPDATE, **{**values, "set": {"genre": "Rock"}})
    assert again["result"]["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("where", [{}, {"composer": {}}, {"composer": None}, {"or": []}, {"not": {}}])
def test_a_filter_that_says_nothing_is_refused(shop: Api, composer: str, where: Any) -> None:
    before = stock(shop, composer, 1)
    assert shop.fault(DELETE, where=where).code == "BAD_USER_INPUT"
    assert shop.fault(UPDATE, where=where, set={"genre": "Jazz"}).code == "BAD_USER_INPUT"
    assert [one["id"] for one in stored(shop, composer)] == before


@pytest.mark.parametrize("arguments", ["", "(where: null)"])
def test_a_filter_has_to_be_there(shop: Api, arguments: str) -> None:
    reply = shop.post(f"mutation {{ deleteTracks{arguments} {{ __typename }} }}")
    assert reply.status == 400
    assert "TrackFilter!" in reply.json()["errors"][0]["message"]


def test_what_sets_nothing_or_nonsense_is_refused(shop: Api, composer: str) -> None:
    result = shop.data(UPDATE, where=by(composer), set={})["result"]
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["set"], "REQUIRED")]
    result = shop.data(UPDATE, where=by(composer), set={"unitPrice": "-1"})["result"]
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["set", "unitPrice"], "TOO_SMALL")]


def test_no_more_than_allowed_are_done_at_once(shop: Api, composer: str) -> None:
    result = shop.data(CREATE, input=[track_input(composer=composer)] * (MOST + 1))["result"]
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["input"], "TOO_MANY")]
    assert (
        shop.data(CREATE, input=[track_input(composer=composer)] * MOST)["result"]["__typename"]
        == "CreateTracksSuccess"
    )
    assert shop.data(UPDATE, where=by(composer), set={"genre": "A"})["result"]["__typename"] == "UpdateTracksSuccess"
    stock(shop, composer, 1)
    for document, more in ((UPDATE, {"set": {"genre": "B"}}), (DELETE, {})):
        result = shop.data(document, where=by(composer), **more)["result"]
        assert [(one["path"], one["code"]) for one in result["violations"]] == [(["where"], "TOO_MANY")]
    assert {one["genre"] for one in stored(shop, composer)} == {"A", None}


def test_a_filter_that_chooses_nothing_does_nothing(shop: Api, composer: str) -> None:
    assert shop.data(DELETE, where=by(composer))["result"] == {"__typename": "DeleteTracksSuccess", "deletedIds": []}


def test_what_is_in_use_keeps_all_from_being_deleted(shop: Api, composer: str) -> None:
    free, sold, listed = stock(shop, composer, 3)
    customer = a_customer(shop, f"{composer}@example.com")["id"]
    done(shop, "purchaseTracks", customerId=customer, trackIds=[sold])
    playlist = done(shop, "createPlaylist", name="A")["id"]
    done(shop, "addTracksToPlaylist", playlistId=playlist, trackIds=[listed])
    result = shop.data(DELETE, where=by(composer))["result"]
    assert [(one["index"], one["id"], one["code"]) for one in result["failures"]] == [
        (1, sold, "TRACK_IN_USE"),
        (2, listed, "TRACK_IN_USE"),
    ]
    assert len(stored(shop, composer)) == 3
    assert shop.data(DELETE, where={"id": {"eq": free}})["result"]["deletedIds"] == [free]
    assert [one["id"] for one in stored(shop, composer)] == [sold, listed]


def test_what_a_viewer_may_not_see_no_batch_of_theirs_touches(
    tmp_path: Any, composer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with serving(settings) as api:
        seen, hidden = stock(api, composer, 2)
        done(api, "withdrawTrack", trackId=hidden)
    # Another policy than that of staff, for somebody who may give the command.
    policy = Track.visible_to(ANONYMOUS)
    monkeypatch.setattr(Track, "visible_to", classmethod(lambda _cls, _viewer: policy))
    with serving(settings, viewers.Viewer(frozenset({viewers.STAFF}))) as api:
        result = api.data(UPDATE, where=by(composer), set={"genre": "Jazz"})["result"]
        assert [track["id"] for track in result["tracks"]] == [seen]
        assert api.data(DELETE, where={"id": {"eq": hidden}})["result"]["deletedIds"] == []
    monkeypatch.undo()
    with serving(settings) as api:
        assert [one["genre"] for one in stored(api, composer)] == ["Jazz", None]


def test_batches_are_for_those_who_may_give_their_commands(tmp_path: Any, composer: str) -> None:
    with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}"), ANONYMOUS) as api:
        for document, values in (
            (CREATE, {"input": [track_input()]}),
            (UPDATE, {"where": by(composer), "set": {"genre": "Jazz"}}),
            (DELETE, {"where": by(composer)}),
        ):
            assert api.data(document, **values)["result"]["code"] == "PERMISSION_DENIED"


def test_what_was_deleted_can_be_brought_back(shop: Api, composer: str) -> None:
    (track,) = stock(shop, composer, 1)
    playlist = done(shop, "createPlaylist", name="A")["id"]
    done(shop, "addTracksToPlaylist", playlistId=playlist, trackIds=[track])
    find = "query($id: ID!) { playlist(id: $id) { name version tracks { nodes { id } } } }"
    shop.data("mutation($id: ID!) { deletePlaylist(input: { playlistId: $id }) { __typename } }", id=playlist)
    assert shop.data(find, id=playlist) == {"playlist": None}
    stale = shop.data(
        "mutation($id: ID!) { restorePlaylist(input: { playlistId: $id, expectedVersion: 2 })"
        "{ ... on Conflict { currentVersion } } }",
        id=playlist,
    )
    assert stale == {"restorePlaylist": {"currentVersion": 3}}
    restored = done(shop, "restorePlaylist", "version", playlistId=playlist, expectedVersion=3)
    assert restored["version"] == 4
    assert shop.data(find, id=playlist)["playlist"] == {"name": "A", "version": 4, "tracks": {"nodes": [{"id": track}]}}
    assert done(shop, "restorePlaylist", "version", playlistId=playlist) == restored
