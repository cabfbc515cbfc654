"""Explanations, as clients get them: what each resolver asked, sought and sent, for those who may know."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.settings import CacheSettings, GraphQLSettings, TelemetrySettings
from tests.support.api import DATABASES, GRAPHQL, STAFF, Api, new_database, serving, settings_of
from tests.support.collector import collecting
from tests.support.events import PATIENCE
from tests.support.small_store import SmallStore

LONG = """query Long {
  tracks(first: 2, where: {milliseconds: {gt: 299999}, playlists: {some: {name: {eq: "Music"}}}}) {
    nodes { name album { title } }
  }
}"""
CREATE = """mutation Create($name: String!) {
  createArtist(input: {name: $name}) { ... on CreateArtistSuccess { artist { name } } }
}"""
SECRET = "a name that no statement shows"


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(request) as url:
        yield url


@pytest.fixture
def file(tmp_path: Any) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def explaining(*roles: str, execution: str = "compiled") -> Mapping[str, Any]:
    return {"graphql": GraphQLSettings.model_validate({"explain_to": roles, "execution": execution})}


def ask(api: Api, document: str, header: str = "1", **variables: Any) -> Any:
    body = json.dumps({"query": document, "variables": variables}).encode()
    named = {"content_type": "application/json", "accept": GRAPHQL, "graphql_explain": header}
    return api.request("POST", "/graphql", body, **named).json()


def spans(answer: Any) -> list[Any]:
    found: list[Any] = answer["extensions"]["explain"]["spans"]
    return found


def tree(several: list[Any], parent: int | None = None) -> Any:
    below = [one for one in several if one["parent"] == parent and one["kind"] != "phase"]
    return [(one["name"], tree(several, one["id"])) for one in below]


def named(several: list[Any], name: str) -> Any:
    return next(one for one in several if one["name"] == name)


@pytest.mark.parametrize("execution", ["compiled", "reference"])
def test_each_resolver_tells_its_message_its_specification_and_its_statements(database: str, execution: str) -> None:
    settings = settings_of(database, **explaining("*", execution=execution))
    with serving(settings, viewer=ANONYMOUS) as api:
        api.run(SmallStore().save(settings))
        answer = ask(api, LONG)
    assert [one["name"] for one in answer["data"]["tracks"]["nodes"]]
    found = spans(answer)
    together = settings.database.url.dialect == "postgresql"
    album: Any = ("Track.album", [] if together else [("SELECT albums", [])])
    assert tree(found) == [
        ("query Long", [("Query.tracks", [("ask FindTracks", [("SELECT tracks", []), album])])]),
    ]
    tracks, (sought,) = named(found, "Query.tracks"), named(found, "Query.tracks")["sought"]
    assert (tracks["path"], tracks["rows"], sought["entity"]) == ("tracks", 2, "Track")
    playlist = '["name","eq","Music"]'
    long = '["milliseconds","gt",299999]'
    hidden = '["withdrawn_at","isNull",true]', '["deleted_at","isNull",true]'
    assert sought["before"]["text"] == f'["and",{long},["playlists","some",{playlist}]]'
    seen = f'["playlists","some",["and",{hidden[1]},{playlist}]]'
    assert sought["after"]["text"] == f'["and",{hidden[0]},{long},{seen}]'
    policies = [one["text"] for one in nodes(sought["after"]["tree"]) if one["policy"]]
    assert policies == ["withdrawn_at isNull true", "deleted_at isNull true"]
    message = named(found, "ask FindTracks")["message"]
    assert message["name"] == "FindTracks"
    assert f"where {sought['before']['text']}" in message["text"]
    sent = named(found, "SELECT tracks")["statement"]
    assert "tracks.milliseconds >" in sent["text"]
    assert {"299999", "Music"} <= set(sent["arguments"])
    assert any("tracks" in step["text"] for step in steps(sent["plan"]))
    assert all(one["start"] >= 0 and one["duration"] >= 0 for one in found)
    assert (named(found, "Track.album")["keys"], named(found, "Track.album").get("together", False)) == (2, together)


def nodes(node: Any) -> list[Any]:
    return [node, *(one for part in node["parts"] for one in nodes(part))]


def steps(plan: Any) -> list[Any]:
    return [step for top in plan for step in (top, *steps(top["parts"]))]


def test_a_command_is_told_and_the_values_that_it_stores_are_not(database: str) -> None:
    with serving(settings_of(database, **explaining("staff"))) as api:
        answer = ask(api, CREATE, name=SECRET)
    found = spans(answer)
    dispatch = named(found, "dispatch CreateArtist")
    assert dispatch["outcome"] == "OK"
    assert SECRET in dispatch["message"]["text"]
    changes = [one["statement"] for one in found if "statement" in one and "INSERT" in one["statement"]["text"]]
    assert changes
    assert all(one["arguments"] is None and one["plan"] is None for one in changes)
    assert SECRET not in str(changes)


@pytest.mark.parametrize(
    ("roles", "viewer", "header", "told"),
    [
        (("*",), ANONYMOUS, "1", True),
        (("*",), ANONYMOUS, "0", False),
        (("staff",), STAFF, "1", True),
        (("staff",), ANONYMOUS, "1", False),
        (("staff",), Viewer(frozenset({"clerk"})), "1", False),
        ((), STAFF, "1", False),
    ],
)
def test_who_may_not_know_gets_the_answer_alone(
    file: str, roles: tuple[str, ...], viewer: Viewer, header: str, told: bool
) -> None:
    with serving(settings_of(file, **explaining(*roles)), viewer=viewer) as api:
        answer = ask(api, "{ artists { totalCount } }", header)
        refused = ask(api, "{ artists(first: -1) { totalCount } }", header)
    assert answer["data"] == {"artists": {"totalCount": 0}}
    assert ("extensions" in answer) is ("extensions" in refused) is told
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_what_fails_is_told_by_its_code(file: str) -> None:
    with serving(settings_of(file, **explaining("*"))) as api:
        answer = ask(api, "{ artists(first: -1) { totalCount } }")
    assert named(spans(answer), "Query.artists")["error"] == "BAD_USER_INPUT"


def test_a_kept_answer_says_so(file: str) -> None:
    with serving(settings_of(file, cache=CacheSettings(enabled=True, max_lag=30), **explaining("*"))) as api:
        said, until = [""], time.monotonic() + PATIENCE
        while said[-1] != "kept":
            assert time.monotonic() < until, said
            # Answers are kept once the process knows what others changed.
            api.run(asyncio.sleep(0.01))
            said.append(named(spans(ask(api, "{ artists { totalCount } }")), "Query.artists")["answer"])
    assert said[-2:] == ["worked out", "kept"]


def test_an_explained_operation_is_traced_as_any_other(file: str) -> None:
    with collecting() as collector:
        telemetry = TelemetrySettings(endpoint=collector.url)
        with serving(settings_of(file, telemetry=telemetry, **explaining("*"))) as api:
            explained, plain = ask(api, "{ artists { totalCount } }"), ask(api, "{ albums { totalCount } }", "0")
    assert tree(spans(explained)) == [("query", [("Query.artists", [("ask FindArtists", [("SELECT artists", [])])])])]
    assert "extensions" not in plain
    # The plans that were asked for are no part of the operation.
    assert [one.name for one in collector.spans if one.name.startswith(("SELECT", "EXPLAIN"))] == [
        "SELECT artists",
        "SELECT albums",
    ]
