"""Mutations by their plans tell what the reference executor tells, and carry nothing out twice."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from graphql_api.execution.engine import StrawberryEngine
from graphql_api.schema.identity import encode_id
from graphql_api.settings import GraphQLSettings
from graphql_api.settings.graphql import Execution
from tests.integration.api.venue_api import VENUES, create_tables
from tests.support.api import serving, settings_of

pytestmark = pytest.mark.usefixtures("fresh_logging")

EXECUTIONS: tuple[Execution, ...] = ("reference", "compiled")
STEPS = (
    'mutation { createArtist(input: {name: "A"}) { __typename ... on CreateArtistSuccess { artist { id name } } } }',
    (
        "mutation($n: String!) { x: createArtist(input: {name: $n}) { ...S } } "
        "fragment S on CreateArtistSuccess { y: artist { n: name albums { totalCount } } artist { version } __typename }"
    ),
    'mutation { createArtist(input: {name: ""}) { ... on Error { code } ... on ValidationFailed { message } } }',
    'mutation { createArtist(input: {name: "B"}) { ... on Error { code } } }',
    'mutation($i: ID!) { renameArtist(input: {artistId: $i, name: "C"}) { __typename ... on NotFound { ids } } }',
    'mutation { renameArtist(input: {artistId: "?", name: "C"}) { ... on Error { code message } } }',
    (
        'mutation { a: createPlaylist(input: {name: "P"}) { ...P } b: createPlaylist(input: {name: "Q"}) { ...P } } '
        "fragment P on CreatePlaylistSuccess { playlist { name } }"
    ),
    (
        'mutation($k: String) { createPlaylist(input: {name: "P"}, idempotencyKey: $k) '
        "{ ... on CreatePlaylistSuccess { playlist { id name } } } }"
    ),
    (
        'mutation($k: String) { createPlaylist(input: {name: "P"}, idempotencyKey: $k) '
        "{ ... on CreatePlaylistSuccess { playlist { id name } } } }"
    ),
    'mutation($k: String) { createPlaylist(input: {name: "R"}, idempotencyKey: $k) { ... on Error { code } } }',
    'mutation { createPlaylist(input: {name: "S"}, idempotencyKey: "") { ... on ValidationFailed { message } } }',
    (
        'mutation($no: Boolean!) { createPlaylist(input: {name: "T"}) { '
        "... on CreatePlaylistSuccess { playlist @include(if: $no) { id } __typename } } }"
    ),
    "mutation { __typename }",
    "{ playlists { nodes { name } totalCount } artists { nodes { name version } } }",
)
AN_ID = encode_id("Artist", UUID(int=7))
VARIABLES = {"n": "Ä", "i": AN_ID, "k": "key", "no": False}


def plain(reply: Any, ids: dict[str, int]) -> str:
    """Give the body of an answer with ids by the order in which they were first seen."""
    text = re.sub(r'"requestId":"[^"]*"', "", reply.body.decode())
    return re.sub(r'"id":"([^"]*)"', lambda found: f"id {ids.setdefault(found[1], len(ids))}", text)


def test_answers_are_those_of_the_reference_byte_for_byte(tmp_path: Path) -> None:
    seen: list[list[str]] = []
    for how in EXECUTIONS:
        ids: dict[str, int] = {}
        settings = settings_of(f"sqlite:///{tmp_path / how}.sqlite", graphql=GraphQLSettings(execution=how))
        with serving(settings) as api:
            used = ({name: VARIABLES[name] for name in re.findall(r"\$(\w+):", step)} for step in STEPS)
            seen.append([plain(api.post(step, one), ids) for step, one in zip(STEPS, used, strict=True)])
    assert seen[1] == seen[0]


@pytest.mark.parametrize("field", ["chairs", "price", "resembles", "letters", "rumour", "name"])
def test_a_thing_that_is_irregular_was_made_once(tmp_path: Path, field: str) -> None:
    seen: list[Any] = []
    for how in EXECUTIONS:
        settings = settings_of(f"sqlite:///{tmp_path / how}.sqlite", graphql=GraphQLSettings(execution=how))
        with serving(settings, manifest=[VENUES]) as api, capture_logs():
            api.run(create_tables(settings))
            opening = (
                'mutation { openVenue(input: {name: "V", kind: PARK}) { ... on OpenVenueSuccess { venue { %s } } } }'
            )
            reply = api.post(opening % field)
            made = api.data("{ venues { totalCount } commandLog { totalCount } }")
            seen.append((reply.status, plain(reply, {}), made))
    assert seen[1] == seen[0]
    assert seen[1][2]["venues"]["totalCount"] == 1


def test_what_is_refused_and_several_mutations_do_without_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = 'createArtist(input: { name: "" }) { ... on ValidationFailed { code violations { path } } }'
    missing = f'renameArtist(input: {{ artistId: "{AN_ID}", name: "A" }}) {{ ... on NotFound {{ message ids }} }}'
    made = 'createArtist(input: { name: "A" }) { ... on CreateArtistSuccess { artist { name } } }'
    several = 'deleteTracks(where: { name: { eq: "A" } }) { ... on DeleteTracksSuccess { deletedIds } }'
    with serving(settings_of(f"sqlite:///{tmp_path / 'store'}.sqlite")) as api:
        monkeypatch.delattr(StrawberryEngine, "run")
        assert api.data(f"mutation {{ a: {refused} b: {missing} c: {made} d: {several} __typename }}") == {
            "a": {"code": "VALIDATION_FAILED", "violations": [{"path": ["input", "name"]}]},
            "b": {"message": f"Artist not found: {UUID(int=7)}.", "ids": [AN_ID]},
            "c": {"artist": {"name": "A"}},
            "d": {"deletedIds": []},
            "__typename": "Mutation",
        }
