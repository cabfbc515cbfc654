"""Plans and Strawberry's own execution leave the same tree of resolvers behind (requirement S.5)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.viewer import STAFF, Viewer
from graphql_api.bootstrap import compose
from graphql_api.composition.application import Application
from graphql_api.execution.engine import AGAIN
from graphql_api.execution.request import GraphQLRequest
from graphql_api.execution.tracing import operation_span
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.recorder import Recorded, Recorder
from graphql_api.observability.topic import SpanKind
from graphql_api.schema.identity import encode_id
from graphql_api.settings import GraphQLSettings, LoggingSettings, Settings, TelemetrySettings
from graphql_api.settings.graphql import Execution
from tests.support.api import settings_of
from tests.support.databases import migrated_database
from tests.support.small_store import SmallStore

CONTENTS = SmallStore()
AN_ALBUM = encode_id("Album", CONTENTS.albums[0].id)
CREATED = 'createArtist(input: { name: "A" }) { ... on CreateArtistSuccess { artist { name albums { totalCount } } } }'
REFUSED = 'createArtist(input: { name: "" }) { ... on ValidationFailed { message violations { path code } } }'
TO_MANY = {"Artist": {"albums": "Album"}, "Album": {"tracks": "Track"}, "Track": {"playlists": "Playlist"}}
TO_ONE = {"Album": {"artist": "Artist"}, "Track": {"album": "Album"}}
LISTS = {"artists": "Artist", "albums": "Album", "tracks": "Track"}
PLAIN = {
    "Artist": ["name", "albumsCount", "id"],
    "Album": ["title"],
    "Track": ["name", "duration"],
    "Playlist": ["name"],
}


@st.composite
def things(draw: st.DrawFn, kind: str, levels: int) -> str:
    """What is selected of a thing."""
    parts = draw(st.lists(st.sampled_from(PLAIN[kind]), min_size=1, max_size=2, unique=True))
    for name, other in (TO_ONE.get(kind, {}) if levels else {}).items():
        if draw(st.booleans()):
            parts.append(f"one: {name} {{ {draw(things(other, levels - 1))} }}")
    for name, other in (TO_MANY.get(kind, {}) if levels else {}).items():
        if draw(st.booleans()):
            parts.append(draw(lists(name, other, levels - 1)))
        if draw(st.booleans()) and kind == "Artist":
            parts.append(f"{name}Aggregate {{ count }}")
    return " ".join(parts)


@st.composite
def lists(draw: st.DrawFn, name: str, kind: str, levels: int) -> str:
    """A list, which may be empty, counted, or asked for in two ways."""
    size = draw(st.sampled_from(["", "(first: 1)", "(first: 3)"]))
    ways = ("totalCount", "nodes { %s }", "edges { node { %s } cursor }", "pageInfo { hasNextPage }")
    chosen = draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3, unique=True))
    parts = [way % draw(things(kind, levels)) if "%s" in way else way for way in chosen]
    return f"{draw(st.sampled_from(['', 'x: ']))}{name}{size} {{ {' '.join(parts)} }}"


@st.composite
def operations(draw: st.DrawFn) -> str:
    """A query with one or two lists."""
    chosen = draw(st.lists(st.sampled_from(sorted(LISTS)), min_size=1, max_size=2, unique=True))
    return f"{{ {' '.join(f'r{place}: ' + draw(lists(name, LISTS[name], 2)).removeprefix('x: ') for place, name in enumerate(chosen))} }}"


STAFF_MEMBER = Viewer(frozenset({STAFF}))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="module")
def pair(
    request: pytest.FixtureRequest, runner: asyncio.Runner, sqlite_template: object
) -> Iterator[tuple[Application, Application]]:
    with migrated_database("sqlite", request) as database:
        url = database.url.reveal()
        compiled, reference = compose(settings_for("compiled", url)), compose(settings_for("reference", url))
        runner.run(CONTENTS.save(compiled.settings))
        yield compiled, reference
        for one in (compiled, reference):
            runner.run(one.close())


def settings_for(how: Execution, url: str) -> Settings:
    roomy = GraphQLSettings(execution=how, max_aliases=1_000, max_depth=30, max_tokens=20_000, max_cost=10**9)
    quiet = LoggingSettings(level="critical", format="console")
    return settings_of(url, graphql=roomy, logging=quiet, telemetry=TelemetrySettings(prometheus=True))


@given(operations())
@example("{ a: albums { nodes { title x: artist { name } } edges { node { artist { albumsCount } } } } }")
@example("{ tracks(first: -1) { nodes { name } } albums { totalCount } }")
@example(f'{{ node(id: "{AN_ALBUM}") {{ ... on Album {{ title artist {{ name }} }} }} __typename }}')
@example("{ topSellingTracks { track { name album { title } } } }")
@example("{ artists { nodes { name albumsAggregate { count } albums { nodes { tracks { totalCount } } } } } }")
@example("{ __schema { queryType { fields { name } } } artists { totalCount } }")
@example(f"mutation {{ {REFUSED} b: {CREATED} __typename }}")
@example(f"mutation {{ {CREATED} b: createTracks(input: []) {{ __typename }} c: {CREATED} }}")
def test_both_executions_record_the_same_resolvers(
    pair: tuple[Application, Application], runner: asyncio.Runner, operation: str
) -> None:
    compiled, reference = pair
    assert runner.run(resolvers(compiled, operation)) == runner.run(resolvers(reference, operation))


async def resolvers(application: Application, operation: str) -> Any:
    recorder = Recorder()
    observation = Observation(recorder)
    context = replace(application.context, viewer=STAFF_MEMBER)
    with observing(observation), operation_span(observation) as observation.operation:
        response = await application.executor.execute(GraphQLRequest(operation), context)
        # Where a field fails that may not be null, the answer does not wait for those beside it.
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)
    (root,) = recorder.roots
    again = [one for one in root.children if one.name == AGAIN]
    found = tree(again[0] if again else root)
    # What failed ends what runs beside it, wherever that is by then.
    return [name for name, _, _ in found] if response.errors else found


def tree(span: Recorded) -> Any:
    """Take the resolvers, messages and statements; what runs at once may begin in any order."""
    below = sorted((tree(one) for one in span.children if one.kind is not SpanKind.PHASE), key=repr)
    if span.kind in (SpanKind.OPERATION, SpanKind.PHASE):
        return below
    return (span.name, span.facts if span.kind is SpanKind.RESOLVER else {}, below)
