"""Two applications on one database, one that answers by plans and one by the reference executor, and what both are asked."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.model import DomainModel
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.schema.identity import encode_id
from graphql_api.settings import DatabaseSettings, GraphQLSettings, LoggingSettings, Settings
from graphql_api.settings.graphql import Execution
from tests.integration.api.venue_api import BOOKINGS, VENUE_METADATA, VENUES
from tests.support.api import GRAPHQL, Api, serving, settings_of
from tests.support.databases import migrated_database
from tests.support.queries import Operation
from tests.support.worlds import DATES, DOCUMENTS, MOMENTS, TEXTS, UUIDS, World, identity

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
_REQUEST_ID = re.compile(rb'"requestId":"[^"]*"')


@dataclass(frozen=True)
class Pair:
    """Two applications on one database and in one event loop: one that compiles, and the reference."""

    engine: AsyncEngine
    compiled: Api
    reference: Api

    async def store(self, world: World) -> None:
        """Have the database hold a world."""
        await world.replace(self.engine)


@contextmanager
def pairs_on_each(request: pytest.FixtureRequest) -> Iterator[list[Pair]]:
    """Make a pair on SQLite and one on PostgreSQL."""
    with ExitStack() as stack:
        databases = [stack.enter_context(migrated_database(one, request)) for one in ("sqlite", "postgresql")]
        yield [_pair_on(database, stack) for database in databases]


def _pair_on(database: DatabaseSettings, stack: ExitStack) -> Pair:
    compiled = stack.enter_context(serving(_executing("compiled", database), manifest=SERVED, keys=VIEWERS))
    reference = stack.enter_context(
        serving(_executing("reference", database), manifest=SERVED, keys=VIEWERS, beside=compiled)
    )
    engine = create_engine(database)
    stack.callback(lambda: compiled.run(engine.dispose()))
    compiled.run(_create_venues(engine))
    return Pair(engine, compiled, reference)


def _executing(how: Execution, database: DatabaseSettings) -> Settings:
    # Failures are part of the law; their records have tests of their own.
    quiet = LoggingSettings(level="critical", format="console")
    return settings_of(database.url.reveal(), graphql=GraphQLSettings(execution=how, **ROOMY), logging=quiet)


async def _create_venues(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(VENUE_METADATA.create_all, tables=VENUE_METADATA.sorted_tables)


async def ask(api: Api, viewer: str, operation: Operation, cursor: str | None = None) -> tuple[int, bytes]:
    """Have a viewer ask something, and give what comes but for its request id."""
    variables = {**operation.variables, **({} if cursor is None else {"cursor": cursor})}
    content = json.dumps({"query": operation.document, "variables": variables}).encode()
    headers = {"content_type": "application/json", "accept": GRAPHQL, "authorization": f"Bearer {viewer}"}
    reply = await api.arrive("POST", "/graphql", content, **headers)
    return reply.status, _REQUEST_ID.sub(b"", reply.body)
