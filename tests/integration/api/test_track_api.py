"""Tracks as a client meets them, on both databases."""

from typing import Any

from tests.support.examples import Served

GOOD: dict[str, Any] = {
    "name": "The Rain Song",
    "genre": "Rock",
    "mediaType": "MPEG audio file",
    "composer": "Jimmy Page, Robert Plant",
    "milliseconds": 459000,
    "bytes": 15049856,
    "unitPrice": "0.99",
}
FIELDS = "id version name genre mediaType composer milliseconds bytes unitPrice"
FAILED = "... on ValidationFailed { violations { path code } } ... on NotFound { ids } ... on Conflict { reason }"
CREATE = f"mutation($input: CreateTrackInput!) {{ done: createTrack(input: $input) {{ ... on CreateTrackSuccess {{ track {{ {FIELDS} }} }} {FAILED} }} }}"
UPDATE = f"mutation($input: UpdateTrackInput!) {{ done: updateTrack(input: $input) {{ ... on UpdateTrackSuccess {{ track {{ {FIELDS} }} }} {FAILED} }} }}"
DELETE = f"mutation($input: DeleteTrackInput!) {{ done: deleteTrack(input: $input) {{ ... on DeleteTrackSuccess {{ deletedId }} {FAILED} }} }}"
ONE = f"query($id: ID!) {{ found: track(id: $id) {{ {FIELDS} album {{ id }} }} }}"
MANY = "query($where: TrackFilter!) { found: tracks(where: $where, orderBy: [{ name: DESC }]) { totalCount nodes { id } } }"


def test_a_track_is_created_found_changed_and_deleted(served: Served) -> None:
    references = served.references("Track")
    created = served.api.data(CREATE, input={**GOOD, **references})["done"]["track"]
    assert created == {"id": created["id"], "version": 1, **GOOD}

    found = served.api.data(ONE, id=created["id"])["found"]
    assert {name: found[name] for name in created} == created

    chosen = {"id": {"eq": created["id"]}, "name": {"eq": GOOD["name"]}}
    assert served.api.data(MANY, where=chosen)["found"] == {"totalCount": 1, "nodes": [{"id": created["id"]}]}

    change = {"name": "Another", "trackId": created["id"], "expectedVersion": 1}
    changed = served.api.data(UPDATE, input=change)["done"]["track"]
    assert changed == {**created, "version": 2, "name": "Another"}
    assert "reason" in served.api.data(UPDATE, input=change)["done"]

    gone = {"trackId": created["id"]}
    assert served.api.data(DELETE, input=gone)["done"] == {"deletedId": created["id"]}
    assert served.api.data(ONE, id=created["id"])["found"] is None
    assert served.api.data(DELETE, input=gone)["done"] == {"ids": [created["id"]]}
