"""A statement that was compiled for some values answers for others as one of their own does."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.selection import Listing, Page, Selection
from domain.kernel.specification import Specification, bind
from domain.kernel.viewer import Viewer
from graphql_api.persistence.engine import reading
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.shapes import put_together
from graphql_api.persistence.specification import to_sql_condition, visible
from tests.support.databases import plans_of, reader_of, store_tables
from tests.support.worlds import VIEWERS, View, World, questions, with_other_values, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")


@st.composite
def alike(draw: st.DrawFn) -> tuple[str, list[Specification]]:
    """Give an entity, and specifications of it that differ in values alone."""
    question = draw(questions(2))
    model = store_tables().model
    several = draw(st.lists(with_other_values(question.entity, question.specification), min_size=2, max_size=4))
    return question.entity, [bind(one, model[question.entity], model.__getitem__) for one in several]


async def found_afresh(
    engine: AsyncEngine, name: str, specification: Specification, viewer: Viewer | None
) -> set[UUID]:
    """Find rows by a statement with the values within it."""
    tables = store_tables()
    entity, table = tables.model[name], tables[name]
    condition = to_sql_condition(specification, entity, tables, viewer)
    async with reading(engine) as connection:
        rows = await connection.execute(select(table.c.id).where(condition, visible(entity, tables, viewer)))
        return {row.id for row in rows}


@given(worlds(), alike(), VIEWERS)
async def test_a_template_finds_what_memory_and_a_statement_of_its_own_find(
    engines: Mapping[str, AsyncEngine],
    world: World,
    case: tuple[str, list[Specification]],
    viewer: Viewer | None,
) -> None:
    name, several = case
    entity = store_tables().model[name].entity
    visible_rows = View(world, viewer).rows(name)
    for dialect, engine in engines.items():
        await world.replace(engine)
        for one in several:
            part = await reader_of(engine, viewer).find(entity, Listing(Selection(), one, page=Page(100), count=True))
            found = {record.values["id"] for record in part.records}
            assert found == {row["id"] for row in visible_rows if one.is_satisfied_by(row)}, dialect
            assert found == await found_afresh(engine, name, one, viewer), dialect
            assert part.total == len(found), dialect


@given(alike())
async def test_put_together_again_a_specification_says_the_same(
    engines: Mapping[str, AsyncEngine], case: tuple[str, list[Specification]]
) -> None:
    name, several = case
    dissection = plans_of(engines["sqlite"]).dissection
    for one in several:
        entity, values = store_tables().model[name], list[object]()
        shape = dissection.take_apart(one, entity, values)
        holes = [Hole(place) for place in range(len(values))]
        waiting = iter(holes)
        again = list[object]()
        assert dissection.take_apart(put_together(shape, waiting), entity, again) == shape
        assert next(waiting, None) is None
        assert again == holes
