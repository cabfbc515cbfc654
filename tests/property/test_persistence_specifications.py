"""Memory, SQLite and PostgreSQL select the same rows (property 5)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.specification import (
    ComparisonOperator,
    Count,
    Quantifier,
    RelationSpecification,
    bind,
    not_,
    where,
)
from domain.kernel.viewer import Viewer
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.specification import to_sql_condition, visible
from tests.support.databases import plans_of, store_tables
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.worlds import NOON, VIEWERS, Question, View, World, identity, questions, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
EMPTY = World({entity.name: () for entity in store_tables().model})
TRACK = {
    **dict.fromkeys(store_tables().model["Track"].fields),
    "id": identity("Track", 0),
    "version": 1,
    "created_at": NOON,
    "updated_at": NOON,
    "name": "a",
    "media_type": "",
    "milliseconds": 0,
    "unit_price": Decimal("0.00"),
}


async def stored(
    connection: AsyncConnection, question: Question, viewer: Viewer | None, tables: EntityTables
) -> set[UUID]:
    entity, table = tables.model[question.entity], tables[question.entity]
    condition = to_sql_condition(question.specification, entity, tables, viewer)
    rows = await connection.execute(select(table.c.id).where(condition, visible(entity, tables, viewer)))
    return {row.id for row in rows}


@LAW_OF_WORLDS
@given(worlds(), several(questions()), VIEWERS)
# PostgreSQL's grammar has no COLLATE within BETWEEN.
@example(EMPTY, [Question("Artist", where("name", ComparisonOperator.BETWEEN, ("", "a")))], None)
# A value that no NUMERIC(10, 2) holds, which PostgreSQL notices once there is something to compare it with.
@example(
    EMPTY.restricted(Track=[TRACK]),
    [Question("Track", where("unit_price", ComparisonOperator.GT, Decimal("9E+37")))],
    None,
)
# A count is no 32-bit number to PostgreSQL, though SQLAlchemy says so.
@example(EMPTY, [Question("Playlist", where(Count("tracks"), ComparisonOperator.EQ, 2**31))], None)
# Folded, the conditions leave nothing that links the tables.
@example(
    EMPTY,
    [
        Question(
            "Track",
            RelationSpecification("playlists", Quantifier.SOME, where("version", ComparisonOperator.IN, ())),
        )
    ],
    None,
)
async def test_memory_sqlite_and_postgresql_select_the_same_rows(
    engines: Mapping[str, AsyncEngine], world: World, asked: Sequence[Question], viewer: Viewer | None
) -> None:
    model, view = store_tables().model, View(world, viewer)
    expected: dict[Question, set[UUID]] = {}
    for one in asked:
        bound = bind(one.specification, model[one.entity], model.__getitem__)
        rows = view.rows(one.entity)
        satisfying = {row["id"] for row in rows if bound.is_satisfied_by(row)}
        expected[Question(one.entity, bound)] = satisfying
        expected[Question(one.entity, not_(bound))] = {row["id"] for row in rows} - satisfying
    for dialect, engine in engines.items():
        async with engine.connect() as connection:
            await world.insert(connection)
            for question, ids in expected.items():
                assert await stored(connection, question, viewer, plans_of(engine).tables) == ids, dialect
