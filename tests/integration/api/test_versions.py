"""Changes that were made for one version, and many who write one thing at once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.api.doing import a_customer, a_track, carry_out, done
from tests.support.api import Api

WRITERS = 32
RENAME = """mutation($id: ID!, $name: String!, $version: Int) {
  result: renameArtist(input: { artistId: $id, name: $name, expectedVersion: $version }) {
    __typename ... on RenameArtistSuccess { artist { name } } ... on Conflict { entity code currentVersion }
  }
}"""


def conflict(api: Api, name: str, /, **values: Any) -> Mapping[str, Any]:
    result: Mapping[str, Any] = carry_out(api, name, "... on Conflict { entity currentVersion }", **values)
    assert result["__typename"] == "Conflict", result
    return result


async def rename_at_once(api: Api, id: str, version: int | None) -> list[dict[str, Any]]:
    writing = (api.answer(RENAME, id=id, name=f"Writer {number}", version=version) for number in range(WRITERS))
    return [data["result"] for data in await asyncio.gather(*writing)]


def test_a_stale_change_is_a_conflict_that_carries_the_current_version(shop: Api) -> None:
    artist = done(shop, "createArtist", name="A")["id"]
    done(shop, "renameArtist", artistId=artist, name="B", expectedVersion=1)
    assert conflict(shop, "renameArtist", artistId=artist, name="C", expectedVersion=1)["currentVersion"] == 2
    assert done(shop, "renameArtist", "version", artistId=artist, name="C", expectedVersion=2)["version"] == 3


def test_one_of_many_who_saw_the_same_version_succeeds_and_the_others_learn_of_the_next(shop: Api) -> None:
    artist = done(shop, "createArtist", name="A")["id"]
    results = shop.run(rename_at_once(shop, artist, 1))
    succeeded = [one["artist"]["name"] for one in results if one["__typename"] == "RenameArtistSuccess"]
    others = [one for one in results if one["__typename"] != "RenameArtistSuccess"]
    assert len(succeeded) == 1
    told = {"__typename": "Conflict", "entity": "Artist", "code": "CONFLICT", "currentVersion": 2}
    assert others == [told] * (WRITERS - 1)
    stored = shop.data("query($id: ID!) { artist(id: $id) { name version } }", id=artist)["artist"]
    assert stored == {"name": succeeded[0], "version": 2}


def test_many_writers_each_make_a_version_of_their_own_or_are_told_of_a_conflict(shop: Api) -> None:
    artist = done(shop, "createArtist", name="A")["id"]
    results = shop.run(rename_at_once(shop, artist, None))
    kinds = [one["__typename"] for one in results]
    assert set(kinds) <= {"RenameArtistSuccess", "Conflict"}
    versions = [one["currentVersion"] for one in results if one["__typename"] == "Conflict"]
    successes = kinds.count("RenameArtistSuccess")
    assert successes >= 1
    assert all(2 <= version <= successes + 1 for version in versions)
    stored = shop.data("query($id: ID!) { artist(id: $id) { version } }", id=artist)["artist"]
    assert stored == {"version": successes + 1}


def test_every_command_that_changes_one_thing_can_be_held_to_a_version(shop: Api) -> None:
    track, other = a_track(shop)["id"], a_track(shop)["id"]
    playlist = done(shop, "createPlaylist", name="A")["id"]
    customer = a_customer(shop, "versions@example.com")["id"]
    invoice = done(shop, "purchaseTracks", customerId=customer, trackIds=[track])["id"]
    stale: Mapping[str, Mapping[str, Any]] = {
        "updateTrack": {"trackId": track, "name": "B"},
        "withdrawTrack": {"trackId": track},
        "addTracksToPlaylist": {"playlistId": playlist, "trackIds": [other]},
        "removeTracksFromPlaylist": {"playlistId": playlist, "trackIds": [other]},
        "deletePlaylist": {"playlistId": playlist},
        "updateCustomer": {"customerId": customer, "city": "Paris"},
        "refundInvoice": {"invoiceId": invoice},
    }
    for name, values in stale.items():
        assert conflict(shop, name, **values, expectedVersion=7)["currentVersion"] == 1, name


def test_what_is_on_a_playlist_counts_as_a_change_of_it(shop: Api) -> None:
    track, playlist = a_track(shop)["id"], done(shop, "createPlaylist", name="A")["id"]
    values = {"playlistId": playlist, "trackIds": [track]}
    assert done(shop, "addTracksToPlaylist", "version", **values, expectedVersion=1)["version"] == 2
    assert done(shop, "addTracksToPlaylist", "version", **values, expectedVersion=2)["version"] == 2
    assert conflict(shop, "removeTracksFromPlaylist", **values, expectedVersion=1)["currentVersion"] == 2
    assert done(shop, "removeTracksFromPlaylist", "version", **values, expectedVersion=2)["version"] == 3


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_was_is_told_with_its_path(shop: Api, version: int) -> None:
    artist = done(shop, "createArtist", name="A")["id"]
    result = carry_out(shop, "renameArtist", artistId=artist, name="B", expectedVersion=version)
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["input", "expectedVersion"], "TOO_SMALL")]
