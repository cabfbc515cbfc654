"""Compiled plans and Strawberry's own execution give the same answers, byte for byte."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.model import DomainModel
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.schema.identity import encode_id
from graphql_api.settings import DatabaseSettings, GraphQLSettings, LoggingSettings, Settings
from graphql_api.settings.models import Execution
from tests.integration.api.venue_api import BOOKINGS, VENUE_METADATA, VENUES
from tests.integration.api.venues import VenueKind
from tests.support.api import GRAPHQL, Api, serving, settings_of
from tests.support.databases import migrated_database
from tests.support.laws import QUESTIONS, several
from tests.support.queries import Operation, queries
from tests.support.worlds import DATES, DOCUMENTS, MOMENTS, NOON, TEXTS, UUIDS, World, identity, worlds

EXAMPLES = {"ci": 1_000, "thorough": 5_000}
LAW = settings(
    max_examples=EXAMPLES.get(settings.get_current_profile_name(), 100) // QUESTIONS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SERVED = [*MANIFEST, VENUES, BOOKINGS]
TABLES = EntityTables(
    DomainModel([entity for served in SERVED for entity in served.domain.ENTITIES]),
    [served.tables.TABLES for served in SERVED],
)
ROOMY: Mapping[str, Any] = {"max_aliases": 1_000, "max_depth": 30, "max_tokens": 20_000, "max_cost": 1_000_000_000}
VIEWERS = {
    "nobody": ANONYMOUS,
    "staff": Viewer(frozenset({STAFF})),
    "accountant": Viewer(frozenset({"accountant"})),
    "both": Viewer(frozenset({STAFF, "accountant"})),
    "customer": Viewer(subject=identity("Customer", 0)),
}
KNOWN_IDS = {
    entity.name: st.integers(0, 2).map(lambda number, name=entity.name: encode_id(name, identity(name, number)))  # type: ignore[misc]  # a default binds the loop's value
    for entity in TABLES.model
}
STRANGE_IDS = st.sampled_from(["", "x", encode_id("Ghost", identity("Ghost", 0)), "VHJhY2s6MQ=="])
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 2**31 - 1, -(2**31)])
SCALARS: Mapping[str, st.SearchStrategy[Any]] = {
    **KNOWN_IDS,
    "ID": st.one_of(*KNOWN_IDS.values(), STRANGE_IDS),
    "Int": NUMBERS,
    "String": TEXTS,
    "Boolean": st.booleans(),
    "Date": DATES.map(str),
    "DateTime": MOMENTS.map(lambda moment: moment.isoformat()),
    "UUID": UUIDS.map(str),
    "JSON": DOCUMENTS.map(lambda one: one.value),
    "Decimal": st.sampled_from(["0", "0.99", "1.00", "-1", "0.995", "9999999.99", "1E+37"]),
}
CURSOR = re.compile(rb'"(?:cursor|startCursor|endCursor)":"([^"]+)"')
REQUEST_ID = re.compile(rb'"requestId":"[^"]*"')


@dataclass(frozen=True)
class Pair:
    """Two applications on one database and in one event loop: one that compiles, and the reference."""

    engine: AsyncEngine
    compiled: Api
    reference: Api

    async def store(self, world: World) -> None:
        """Have the database hold a world."""
        await world.replace(self.engine)


@pytest.fixture(scope="module")
def pairs(request: pytest.FixtureRequest, sqlite_template: object, postgres_template: object) -> Iterator[list[Pair]]:
    with ExitStack() as stack:
        databases = [stack.enter_context(migrated_database(one, request)) for one in ("sqlite", "postgresql")]
        yield [pair_on(database, stack) for database in databases]


def pair_on(database: DatabaseSettings, stack: ExitStack) -> Pair:
    compiled = stack.enter_context(serving(executing("compiled", database), manifest=SERVED, keys=VIEWERS))
    reference = stack.enter_context(
        serving(executing("reference", database), manifest=SERVED, keys=VIEWERS, beside=compiled)
    )
    engine = create_engine(database)
    stack.callback(lambda: compiled.run(engine.dispose()))
    compiled.run(create_venues(engine))
    return Pair(engine, compiled, reference)


def executing(how: Execution, database: DatabaseSettings) -> Settings:
    # Failures are part of the law; their records have tests of their own.
    quiet = LoggingSettings(level="critical", format="console")
    return settings_of(database.url.reveal(), graphql=GraphQLSettings(execution=how, **ROOMY), logging=quiet)


async def create_venues(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(VENUE_METADATA.create_all, tables=VENUE_METADATA.sorted_tables)


async def ask(api: Api, viewer: str, operation: Operation, cursor: str | None) -> tuple[int, bytes]:
    variables = {**operation.variables, **({} if cursor is None else {"cursor": cursor})}
    content = json.dumps({"query": operation.document, "variables": variables}).encode()
    headers = {"content_type": "application/json", "accept": GRAPHQL, "authorization": f"Bearer {viewer}"}
    reply = await api.arrive("POST", "/graphql", content, **headers)
    return reply.status, REQUEST_ID.sub(b"", reply.body)


async def agree(pair: Pair, viewer: str, operation: Operation) -> None:
    expected = await ask(pair.reference, viewer, operation, None)
    assert b"VALIDATION_FAILED" not in expected[1]
    assert await ask(pair.compiled, viewer, operation, None) == expected
    if "$cursor" in operation.document and (found := CURSOR.search(expected[1])):
        cursor = found[1].decode()
        assert await ask(pair.compiled, viewer, operation, cursor) == await ask(
            pair.reference, viewer, operation, cursor
        )


def row(entity: str, number: int, **values: Any) -> Mapping[str, Any]:
    fields = TABLES.model[entity].fields
    times = {name: NOON for name in ("created_at", "updated_at") if name in fields}
    return {**dict.fromkeys(fields), "id": identity(entity, number), "version": 1, **times, **values}


def venue(number: int, kind: VenueKind, **values: Any) -> Mapping[str, Any]:
    ordinary = {"name": f"Venue {number}", "rent": Decimal("1.50"), "is_open": True, "key_code": ""}
    return row("Venue", number, kind=kind, **{**ordinary, **values})


A_BOOKING = {
    "venue_id": identity("Venue", 0),
    "artist_id": identity("Artist", 0),
    "night": date(1963, 8, 3),
    "takings": 7,
}
WORLD = World(
    {
        **dict.fromkeys(TABLES.names_by_dependency, ()),
        "Artist": [row("Artist", 0, name="The Beatles")],
        "Venue": [
            venue(0, VenueKind.CLUB, seats=2**31 - 1, takings=2**40),
            venue(1, VenueKind.HALL, is_open=False, main_venue_id=identity("Venue", 0)),
            venue(2, VenueKind.PARK, takings=1),
        ],
        "Booking": [row("Booking", 0, **A_BOOKING)],
    },
    TABLES,
)


def irregular(viewer: str, document: str, **variables: Any) -> example:
    """Make an example of something that plans have to leave to the reference, or once answered otherwise."""
    return example(world=WORLD, questions=[(viewer, Operation(document, variables))])


ONE_QUESTION = st.tuples(st.sampled_from(sorted(VIEWERS)), queries(core_schema(compose_schema(SERVED)), SCALARS))


@LAW
@given(
    world=worlds(dict.fromkeys(TABLES.names_by_dependency, 2), TABLES),
    questions=several(ONE_QUESTION),
)
# Two guards of fields that have the same name.
@irregular("accountant", "{ bookings { nodes { takings venue { takings } } } }")
@irregular("staff", "{ bookings { nodes { venue { takings } takings } } }")
@irregular("nobody", "{ venueAggregates { max { takings } } bookingAggregates { max { takings } } }")
@irregular("both", "{ venues { nodes { takings } } }")
@irregular("staff", "query($b: Boolean = true) { venues { totalCount @skip(if: $b) } }", b=None)
@irregular("staff", 'query($b: Boolean = true) { node(id: "VmVudWU6MQ==") { id @skip(if: $b) } }', b=None)
@irregular("staff", 'query($i: ID! = "x") { node(id: $i) { id } venue(id: $i) { id } }')
@irregular("staff", 'query($i: ID = "x") { venue(id: $i) { id } }', i=None)
@irregular("staff", "{ venues(where: { kind: { eq: PARK } }) { nodes { price } } }")
@irregular("staff", "{ venues { edges { node { chairs name } } } }")
@irregular("staff", "{ venues { nodes { name mainVenue { seatsTwice } seatsTwice resembles } } }")
@irregular("staff", "{ venues { nodes { n: name rumour letters echo(times: 2) surroundings { __typename } } } }")
def test_both_executions_give_the_same_answer(
    pairs: list[Pair], world: World, questions: Sequence[tuple[str, Operation]]
) -> None:
    for pair in pairs:
        pair.compiled.run(pair.store(world))
        for viewer, operation in questions:
            pair.compiled.run(agree(pair, viewer, operation))
