"""Traces, as a collector gets them (requirements 4.1 to 4.4, 4.6; property 10)."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from graphql_api.settings import CacheSettings, TelemetrySettings
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.collector import Collector, Recorded, collecting

SECRET = "a secret that nobody may read"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NESTED = """query Catalogue($most: Int, $name: String!) {
  found: artists(first: $most, where: {name: {ne: $name}}) {
    nodes { name records: albums { nodes { title artist { name } } } albumsAggregate { count } }
  }
}"""
CREATE_ARTIST = """mutation Create($name: String!) {
  createArtist(input: {name: $name}) { ... on CreateArtistSuccess { artist { id } } }
}"""
CREATE_ALBUM = 'mutation { createAlbum(input: {title: "High", artistId: "%s"}) { __typename } }'


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(request) as url:
        yield url


@pytest.fixture
def file(tmp_path: Any) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def telemetry(collector: Collector, **options: Any) -> Mapping[str, Any]:
    return {"telemetry": TelemetrySettings.model_validate({"endpoint": collector.url, **options})}


def names(tree: Any) -> list[str]:
    name, below = tree
    return [name, *(one for part in below for one in names(part))]


def an_album(api: Api) -> None:
    artist = api.data(CREATE_ARTIST, name=SECRET)["createArtist"]["artist"]["id"]
    assert api.data(CREATE_ALBUM % artist)["createAlbum"]["__typename"] == "CreateAlbumSuccess"


@pytest.mark.parametrize("execution", ["compiled", "reference"])
def test_a_query_is_one_trace_from_the_request_to_its_statements(database: str, execution: str) -> None:
    with collecting() as collector:
        options = telemetry(collector, arguments=["first"], headers="x-key=open")
        settings = settings_of(database, graphql={"execution": execution}, **options)
        with serving(settings) as api:
            an_album(api)
            api.run(
                api.arrive(
                    "POST",
                    "/graphql",
                    b'{"query": %s, "variables": {"most": 2, "name": "Nobody"}}' % _json(NESTED),
                    content_type="application/json",
                    traceparent=CALLER,
                )
            )
    request = next(one for one in collector.spans if one.parent == bytes.fromhex(CALLER.split("-")[2]))
    assert request.trace == bytes.fromhex(CALLER.split("-")[1])
    assert (request.facts["http.request.method"], request.facts["http.response.status_code"]) == ("POST", 200)
    assert request.facts["url.path"] == "/graphql"
    together = settings.database.url.dialect == "postgresql"
    artist: Any = ("Album.artist", [] if together else [("SELECT artists", [])])
    albums = ("Artist.albums", [artist] if together else [("SELECT albums", []), artist])
    measured: Any = ("Artist.albumsAggregate", [("SELECT albums", [])])
    asked = ("ask FindArtists", [("SELECT artists", []), albums, measured])
    operation = ("query Catalogue", [("parse", []), ("validate", []), ("Query.artists", [asked])])
    assert collector.tree(request) == ("POST /graphql", [operation])
    found, records = collector.named("Query.artists").facts, collector.named("Artist.albums").facts
    assert (found["graphql.field.path"], found["graphql.field.argument.first"]) == ("found", "2")
    told = [records[name] for name in ("graphql.field.path", "graphql_api.keys", "graphql_api.rows")]
    assert told == ["found.records", 1, 1]
    assert records.get("graphql_api.read_together", False) is together
    assert all(resource["service.name"] == "graphql-api" for resource in collector.resources)
    assert all(resource["service.version"] for resource in collector.resources)
    assert {headers["x-key"] for headers in collector.headers} == {"open"}


@pytest.mark.parametrize("kept", [False, True])
def test_a_mutation_is_one_trace_from_the_request_to_its_statements(database: str, kept: bool) -> None:
    with collecting() as collector:
        with serving(settings_of(database, cache=CacheSettings(enabled=kept), **telemetry(collector))) as api:
            api.data(CREATE_ARTIST, name=SECRET)
    root = next(one for one in collector.spans if not one.parent)
    expected = ["POST /graphql", "mutation Create", "Mutation.createArtist", "dispatch CreateArtist"]
    found = names(collector.tree(root))
    assert [one for one in found if one in expected] == expected
    assert any(one.startswith("INSERT") for one in found)
    # The command knows what it stored, and nobody reads that, whoever records or keeps answers.
    assert found[-1] == "CreateArtistSuccess.artist"
    assert collector.named("CreateArtistSuccess.artist").facts["graphql_api.answer"] == "just stored"
    assert collector.named("dispatch CreateArtist").facts["graphql_api.command.outcome"] == "OK"


def test_what_a_command_did_not_store_is_asked_for(file: str) -> None:
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector))) as api:
            api.data(CREATE_ARTIST.replace("{ id }", "{ id albums { totalCount } }"), name=SECRET)
    found = names(collector.tree(next(one for one in collector.spans if not one.parent)))
    asked = found[found.index("CreateArtistSuccess.artist") :]
    assert asked == ["CreateArtistSuccess.artist", "ask GetArtist", "SELECT artists", "Artist.albums", "SELECT albums"]
    assert "graphql_api.answer" not in collector.named("CreateArtistSuccess.artist").facts


def test_nothing_that_a_client_wrote_is_recorded(file: str) -> None:
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector))) as api:
            api.data(CREATE_ARTIST, name=SECRET)
            api.data(f'{{ artists(where: {{name: {{in: ["{SECRET}"]}}}}) {{ totalCount }} }}')
            api.request(
                "GET", f"/graphql?query=%7B__typename%7D&variables=%7B%22a%22%3A%22{SECRET.replace(' ', '+')}%22%7D"
            )
    assert len(collector.spans) > 10
    told = str(collector.spans)
    assert SECRET not in told
    assert SECRET.replace(" ", "+") not in told


def test_what_fails_says_so(file: str) -> None:
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector))) as api:
            api.post("query Wrong { artists(first: -1) { totalCount } }")
            api.post("{ nothing }")
    assert codes(collector.named("query Wrong")) == (True, ["BAD_USER_INPUT"])
    assert collector.named("Query.artists").failed
    assert collector.named("Query.artists").events == ["exception"]
    assert codes(collector.named("GraphQL Operation")) == (True, ["GRAPHQL_VALIDATION_FAILED"])


def codes(span: Recorded) -> tuple[bool, Any]:
    return span.failed, span.facts["graphql_api.error.codes"]


@pytest.mark.parametrize(
    ("ratio", "caller", "recorded"),
    [(1, None, True), (0, None, False), (0, CALLER, True), (1, f"{CALLER[:-2]}00", False), (1, "nonsense", True)],
)
def test_a_part_of_requests_is_recorded_and_callers_have_the_last_word(
    file: str, ratio: float, caller: str | None, recorded: bool
) -> None:
    headers = {} if caller is None else {"traceparent": caller}
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector, sample_ratio=ratio))) as api:
            api.request(
                "POST",
                "/graphql",
                b'{"query": "{ artists { totalCount } }"}',
                content_type="application/json",
                **headers,
            )
            api.request("GET", "/health/live")
    assert [one.name for one in collector.spans if one.name.startswith(("POST", "GET"))] == ["POST /graphql"] * recorded


def test_every_field_has_a_span_where_that_is_asked_for(file: str) -> None:
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector, every_field=True))) as api:
            an_album(api)
            collector.spans.clear()
            api.data("{ albums { nodes { title } } }")
    paths = [one.facts["graphql.field.path"] for one in collector.spans if "graphql.field.path" in one.facts]
    assert {"albums", "albums.nodes", "albums.nodes.title"} <= set(paths)


@pytest.mark.parametrize("absent", [True, False])
def test_a_collector_that_does_not_answer_holds_nobody_up(file: str, absent: bool) -> None:
    with collecting() as collector:
        if absent:
            collector.url = "http://127.0.0.1:9"
        collector.answering.clear()
        fast = telemetry(collector, export_interval=0.01, shutdown_timeout=0.3, export_timeout=0.2, queue_size=10)
        with serving(settings_of(file, **fast)) as api:
            for _ in range(20):
                assert api.post("{ artists { totalCount } }").status == 200
            leaving = time.monotonic()
        assert time.monotonic() - leaving < 2


@pytest.mark.parametrize("accepted", ["identity", None])
def test_the_span_of_a_request_tells_the_client_that_a_trusted_proxy_names(
    file: str, accepted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    layers: Any = {} if accepted is None else {"accept_encoding": accepted}
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector))) as api:
            api.request("GET", "/graphql?query={__typename}", x_forwarded_for="203.0.113.9", accept="*/*", **layers)
    assert collector.named("GET /graphql").facts["client.address"] == "203.0.113.9"


def _json(text: str) -> bytes:
    return b'"%s"' % text.replace("\n", " ").encode()


def test_the_span_of_a_request_says_what_the_instrumentation_of_starlette_says(file: str) -> None:
    with collecting() as collector:
        with serving(settings_of(file, **telemetry(collector))) as api:
            for path in ("/graphql", "/schema.graphql"):
                api.request("GET", f"{path}?query={SECRET}", user_agent="a client", accept="*/*")
    ours, theirs = (collector.named(f"GET {path}") for path in ("/graphql", "/schema.graphql"))
    assert ours.facts.keys() == theirs.facts.keys()
    assert {name for name in ours.facts if ours.facts[name] != theirs.facts[name]} == {"url.path", "http.route"}
    assert SECRET not in str(ours.facts.values())
