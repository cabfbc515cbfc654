"""Mutations by plans and by Strawberry's own execution: the same answers in the same order, and the same is stored."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from graphql_api.persistence.command_log import command_log
from graphql_api.persistence.idempotency import idempotency_records
from graphql_api.schema.identity import encode_id
from tests.property.executions import SCALARS, SERVED, TABLES, VIEWERS, Pair, ask, pairs_on_each
from tests.support.api import Api
from tests.support.queries import Operation, mutations
from tests.support.worlds import World, identity, worlds

# What is made anew has an identity, and so a cursor, and a moment of its own.
NEW = re.compile(r'"(?:cursor|startCursor|endCursor)":"[^"]+"|"\d{4}-\d\d-\d\dT[^"]+"|"[A-Za-z0-9+/=]{24,}"')
NEW_VERSION = 7
NOTED = [idempotency_records, command_log]
"""Where it is noted what was carried out."""
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BROKEN = "... on ValidationFailed { violations { path } }"
UPDATE_TRACKS = """updateTracks(where: { name: { in: ["A", "B"] } }, set: { unitPrice: 2 }) {
    ... on Error { code } ... on UpdateTracksSuccess { tracks { unitPrice playlists { totalCount } version } } }"""
DELETE_TRACKS = """deleteTracks(where: { name: { eq: "A" } }) {
    __typename ... on DeleteTracksSuccess { deletedIds } ... on PermissionDenied { action } }"""
AN_ARTIST = encode_id("Artist", identity("Artist", 0))


@pytest.fixture(scope="module")
def pairs(request: pytest.FixtureRequest, sqlite_template: object, postgres_template: object) -> Iterator[list[Pair]]:
    with pairs_on_each(request) as pairs:
        yield pairs


async def carried_out(pair: Pair, by: Api, world: World, viewer: str, operation: Operation) -> Any:
    await pair.store(world)
    async with pair.engine.begin() as connection:
        for table in NOTED:
            await connection.execute(table.delete())
    status, body = await ask(by, viewer, operation)
    known: dict[str, int] = {}
    told = NEW.sub(lambda found: f"new {known.setdefault(found[0], len(known))}", body.decode())
    return status, told, await stored(pair)


async def stored(pair: Pair) -> Mapping[str, list[list[Any]]]:
    """Give all that is stored, with places for identities and without moments."""
    tables = [*(TABLES[name] for name in TABLES.names_by_dependency), *NOTED]
    async with pair.engine.connect() as connection:
        rows = {table.name: (await connection.execute(table.select().order_by(table.c.id))).all() for table in tables}
    places = {row.id: f"{name} {place}" for name, several in rows.items() for place, row in enumerate(several)}
    return {name: [[_plain(value, places) for value in row] for row in several] for name, several in rows.items()}


def _plain(value: Any, places: Mapping[UUID, str]) -> Any:
    match value:
        case datetime():
            return None
        case UUID():
            # What was made and taken away again has no place.
            return places.get(value, value if value.version != NEW_VERSION else None)
        case str():
            return ID.sub(lambda found: places.get(UUID(found[0]), found[0]), value)
        case _:
            return value


def create(name: str) -> str:
    return f'createArtist(input: {{ name: "{name}" }}) {{ __typename ... on CreateArtistSuccess {{ artist {{ id name }} }} }}'


def rename(name: str) -> str:
    success = "... on RenameArtistSuccess { artist { name version } }"
    return f'renameArtist(input: {{ artistId: "{AN_ARTIST}", name: "{name}" }}) {{ {success} }}'


def open_venue(name: str, shown: str) -> str:
    success = f"... on OpenVenueSuccess {{ venue {{ name {shown} }} }}"
    return f'openVenue(input: {{ name: "{name}", kind: PARK }}) {{ {success} }}'


def create_tracks(*names: str) -> str:
    tracks = ", ".join(f'{{ name: "{one}", mediaType: "M", milliseconds: 1, unitPrice: "0.99" }}' for one in names)
    success = "... on CreateTracksSuccess { tracks { name unitPrice id album { title } } }"
    return f"createTracks(input: [{tracks}]) {{ {success} ... on Error {{ code message }} {BROKEN} }}"


def together(viewer: str, *fields: str) -> example:
    """Make an example of several mutations in one operation."""
    document = " ".join(f"{chr(ord('a') + number)}: {one}" for number, one in enumerate(fields))
    return example(
        world=World({"Artist": [ARTIST]}, TABLES), viewer=viewer, operation=Operation(f"mutation {{ {document} }}")
    )


NULL_OF_A_DIRECTIVE = "Argument 'if' has invalid value"
ARTIST = {"id": identity("Artist", 0), "name": "The Beatles", "version": 1}
ARTIST |= dict.fromkeys(["created_at", "updated_at"], datetime.fromisoformat("2024-02-29T12:00:00+00:00"))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    world=worlds(dict.fromkeys(TABLES.names_by_dependency, 2), TABLES),
    viewer=st.sampled_from(sorted(VIEWERS)),
    operation=mutations(core_schema(compose_schema(SERVED)), SCALARS),
)
@together("staff", create("A"), create(""), create("A"), "__typename")
# A payload shows what was there when its mutation ended, whatever comes later and however it is told.
@together("staff", rename("A"), open_venue("B", "price"), rename("C"))
@together("staff", open_venue("A", "rumour"), open_venue("B", "chairs"), rename("C"))
@together("nobody", open_venue("A", "takings"), open_venue("B", "price"), create("A"))
@together("staff", "createTracks(input: []) { __typename }", create("A"))
@together("staff", create_tracks("A", "B"), UPDATE_TRACKS, create_tracks("C", ""), DELETE_TRACKS, DELETE_TRACKS)
@together("nobody", create_tracks("A"), UPDATE_TRACKS, DELETE_TRACKS)
# An error of a mutation that must not be null: what came before is done, and what comes after is not.
@together("staff", open_venue("A", "takings"), "deleteTracks(where: {}) { __typename }", create("A"))
# Where a directive gets null by a variable that has a default, that is found when fields are collected.
@example(
    world=World({"Artist": [ARTIST]}, TABLES),
    viewer="staff",
    operation=Operation(
        f"mutation($no: Boolean = false) {{ a: {create('A')} ... @skip(if: $no) {{ b: {create('B')} }} }}", {"no": None}
    ),
)
def test_both_executions_carry_out_the_same(pairs: list[Pair], world: World, viewer: str, operation: Operation) -> None:
    for pair in pairs:
        run = pair.compiled.run
        expected = run(carried_out(pair, pair.reference, world, viewer, operation))
        assert expected[0] == 200 or NULL_OF_A_DIRECTIVE in expected[1]
        assert run(carried_out(pair, pair.compiled, world, viewer, operation)) == expected
