"""What the servers are asked, and where the others come from."""

import json
from pathlib import Path

import pytest
from graphql import get_operation_ast, parse, specified_rules, validate

from domain.album.entity import Album
from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from graphql_api.manifest import MANIFEST
from graphql_api.schema.identity import encode_id
from graphql_api.seeding.chinook.rows import identity
from tests.performance.others import DOCUMENTS as OTHERS
from tests.performance.others import requests
from tests.performance.peers import DATABASE, copy_sources, readdressed
from tests.performance.questions import DOCUMENTS, OWN_VALUES, own_bodies
from tests.performance.shapes import LEVELS, deep
from tests.performance.system import DESCRIPTIONS, QUERIES


def test_every_query_is_described_and_has_values() -> None:
    assert tuple(DOCUMENTS) == tuple(OWN_VALUES) == tuple(DESCRIPTIONS) == QUERIES


def test_the_bodies_say_the_same_in_terms_of_the_server() -> None:
    bodies = own_bodies({**OWN_VALUES, "Q2": [{"n": 100, "o": 0}, {"n": 100, "o": 3}]}, lambda row: f"c{row}")
    assert json.loads(bodies["Q1"][6])["variables"] == {"id": encode_id("Album", identity(Album, 7))}
    assert [json.loads(body)["variables"]["after"] for body in bodies["Q2"]] == ["c0", "c3"]


@pytest.mark.parametrize("operation", OTHERS)
def test_operations_of_other_shapes_are_valid_with_their_variables(operation: str) -> None:
    schema = core_schema(compose_schema(MANIFEST))
    ids = {kind: ["a", "b"] for kind in ("albums", "artists", "customers", "tracks")}
    asked = [json.loads(one) for one in (*requests(OTHERS[operation], ids, 0), *requests(OTHERS[operation], ids, 1))]
    document = parse(asked[0]["query"])
    definition = get_operation_ast(document)
    assert definition is not None
    assert not validate(schema, document, specified_rules)
    assert {one.variable.name.value for one in definition.variable_definitions or ()} == set(asked[0]["variables"])
    assert len({one["query"] for one in asked}) in (1, len(asked))


def test_an_operation_is_as_deep_as_it_was_asked_to_be() -> None:
    assert deep(1) == "{ artists(first: 5) { nodes { name  } } }"
    assert [deep(depth).count(" name ") + deep(depth).count(" title ") for depth in range(1, 7)] == [1, 2, 3, 4, 5, 6]
    assert len(LEVELS) == 6


def test_a_servers_address_is_replaced_and_nothing_else() -> None:
    source = f'connect("postgres://{DATABASE}"); listen(5101); const x = 15101;'
    replaced = readdressed(source, "postgresql://me:secret@127.0.0.1:9/store", {5101: 4000})
    assert replaced == 'connect("postgres://me:secret@127.0.0.1:9/store"); listen(4000); const x = 15101;'


def test_sources_are_copied_so_that_they_can_be_changed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "node" / "node_modules").mkdir(parents=True)
    (source / "node" / "server.mjs").write_text("x")
    (source / "node" / "server.mjs").chmod(0o444)
    (source / "node").chmod(0o555)
    for _ in range(2):
        copy_sources(source, tmp_path / "copy")
    (tmp_path / "copy" / "node" / "server.mjs").write_text("y")
    assert not (tmp_path / "copy" / "node" / "node_modules").exists()
