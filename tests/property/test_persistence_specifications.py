"""Memory, SQLite and PostgreSQL select the same rows (property 5)."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.specification import bind, not_
from domain.kernel.viewer import Viewer
from graphql_api.persistence.specification import to_sql_condition, visible
from tests.support.databases import store_tables
from tests.support.worlds import VIEWERS, Question, View, World, questions, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = settings(max_examples=2 * settings().max_examples)


async def stored(connection: AsyncConnection, question: Question, viewer: Viewer | None) -> set[UUID]:
    tables = store_tables()
    entity, table = tables.model[question.entity], tables[question.entity]
    condition = to_sql_condition(question.specification, entity, tables, viewer)
    rows = await connection.execute(select(table.c.id).where(condition, visible(entity, tables, viewer)))
    return {row.id for row in rows}


@MANY
@given(worlds(), st.lists(questions(), min_size=1, max_size=3), VIEWERS)
async def test_memory_sqlite_and_postgresql_select_the_same_rows(
    engines: Mapping[str, AsyncEngine], world: World, asked: list[Question], viewer: Viewer | None
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
                assert await stored(connection, question, viewer) == ids, dialect
