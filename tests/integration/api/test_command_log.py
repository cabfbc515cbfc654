"""Who had what done: complete, without what was in it, and for staff only."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from domain.kernel.identity import new_id
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.schema.identity import encode_id
from graphql_api.settings import Settings
from tests.integration.api.doing import a_track, carry_out, done
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

SECRET = "a name that nobody may find in the log"


@pytest.fixture(scope="module", params=DATABASES)
def settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    with new_database(request) as url:
        yield settings_of(url)


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with serving(settings) as api:
        yield api


def entries(api: Api, fields: str = "command outcome things thing", first: int = 100) -> list[dict[str, Any]]:
    document = f"{{ commandLog(first: {first}, orderBy: [{{ givenAt: DESC }}]) {{ nodes {{ {fields} }} }} }}"
    nodes: list[dict[str, Any]] = api.data(document)["commandLog"]["nodes"]
    return nodes


def latest(api: Api, fields: str = "command outcome things thing") -> dict[str, Any]:
    return entries(api, fields, first=1)[0]


def test_what_was_done_is_in_it_with_what_it_was_about(api: Api) -> None:
    artist = done(api, "createArtist", name=SECRET)["id"]
    expected = {"outcome": "OK", "things": 1, "thing": artist}
    assert latest(api) == {"command": "CreateArtist", **expected}
    done(api, "renameArtist", artistId=artist, name=f"{SECRET}!")
    assert latest(api) == {"command": "RenameArtist", **expected}


def test_what_failed_is_in_it_with_the_code_of_its_error(api: Api) -> None:
    artist = done(api, "createArtist", name="A")["id"]
    for values, outcome in (
        ({"artistId": artist, "expectedVersion": 7}, "CONFLICT"),
        ({"artistId": encode_id("Artist", new_id())}, "NOT_FOUND"),
    ):
        carry_out(api, "renameArtist", name=SECRET, **values)
        assert latest(api) == {"command": "RenameArtist", "outcome": outcome, "things": 0, "thing": None}


def test_a_batch_is_one_entry_that_says_how_many_things_it_was_about(api: Api) -> None:
    composer = str(uuid4())
    ids = [a_track(api, composer=composer)["id"] for _ in range(3)]
    api.data(
        "mutation($where: TrackFilter!) { deleteTracks(where: $where) { __typename } }",
        where={"composer": {"eq": composer}},
    )
    assert latest(api) == {"command": "DeleteTracks", "outcome": "OK", "things": 3, "thing": ids[0]}


def test_a_repetition_is_not_in_it_again(api: Api) -> None:
    document = 'mutation($key: String!) { createArtist(input: { name: "A" }, idempotencyKey: $key) { __typename } }'
    key = str(uuid4())
    api.data(document, key=key)
    before = entries(api, "id")
    api.data(document, key=key)
    assert entries(api, "id") == before


def test_it_says_who_it_was(settings: Settings) -> None:
    subject = new_id()
    with serving(settings, Viewer(frozenset({STAFF, "editor"}), subject)) as api:
        done(api, "createArtist", name="A")
        assert latest(api, "subject roles") == {"subject": str(subject), "roles": "editor staff"}
    with serving(settings, Viewer(frozenset({"guest"}))) as api:
        carry_out(api, "createArtist", name="A")
    with serving(settings) as api:
        found = latest(api, "command outcome subject roles")
    assert found == {"command": "CreateArtist", "outcome": "PERMISSION_DENIED", "subject": None, "roles": "guest"}


def test_nobody_in_particular_and_nothing_invalid_can_fill_it(settings: Settings) -> None:
    with serving(settings) as api:
        before = entries(api, "id")
        carry_out(api, "createArtist", name="")
    with serving(settings, ANONYMOUS) as api:
        assert carry_out(api, "createArtist", name="A")["code"] == "PERMISSION_DENIED"
    with serving(settings) as api:
        assert entries(api, "id") == before


def test_nothing_of_what_was_in_a_command_is_in_it(api: Api) -> None:
    fields = "command outcome givenAt subject roles things thingKind thing"
    done(api, "createArtist", name=SECRET)
    assert SECRET not in str(entries(api, fields))


@pytest.mark.parametrize("viewer", [ANONYMOUS, Viewer(frozenset({"guest"}), new_id())])
def test_it_is_for_staff_only(settings: Settings, viewer: Viewer) -> None:
    with serving(settings) as api:
        done(api, "createArtist", name="A")
    with serving(settings, viewer) as other:
        document = "{ commandLog { totalCount nodes { id } } commandLogAggregates { count } }"
        found = other.data(document)
        assert found["commandLog"] == {"totalCount": 0, "nodes": []}
        assert str(found["commandLogAggregates"]).count("0") >= 1


def test_it_is_filtered_and_counted_like_any_list(api: Api) -> None:
    artist = done(api, "createArtist", name="A")["id"]
    done(api, "renameArtist", artistId=artist, name="B")
    document = (
        """query($where: CommandLogEntryFilter!) { commandLog(where: $where) { totalCount nodes { command } } }"""
    )
    found = api.data(document, where={"command": {"eq": "RenameArtist"}, "outcome": {"eq": "OK"}})["commandLog"]
    assert found["totalCount"] == len(found["nodes"]) >= 1
    assert {node["command"] for node in found["nodes"]} == {"RenameArtist"}
