"""What was just stored is told as it would be read, to whoever may see it, or left to the database."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.entity import Entity, describe
from domain.kernel.selection import Selection, Wanted, Written
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.persistence.stored_rows import stored_row
from tests.support.databases import reader_of, store_tables, work_on
from tests.support.valid_entities import Family, families
from tests.support.worlds import World

NAMES = [entity.name for entity in store_tables().model]


@pytest.mark.asyncio(loop_scope="module")
@given(st.sampled_from(NAMES).flatmap(families))
async def test_what_was_stored_is_told_as_it_would_be_read(engines: Mapping[str, AsyncEngine], family: Family) -> None:
    for engine in engines.values():
        await World({}).replace(engine)
        async with work_on(engine) as work:
            for entity in family.members:
                await work.repository(type(entity)).add(entity)
            assert not any(map(work.stored, family.members))
            await work.commit()
            assert all(map(work.stored, family.members))
        for entity in family.members:
            await assert_told_as_read(engine, entity)


async def assert_told_as_read(engine: AsyncEngine, entity: Entity) -> None:
    kind, selection = type(entity), Selection(tuple(forms(entity)))
    table = store_tables()[kind.__name__]
    assert stored_row(table, entity, selection) is not None
    owner = Viewer(subject=getattr(entity, "customer_id", entity.id))
    for viewer in (None, ANONYMOUS, owner, Viewer(frozenset({STAFF}))):
        reader = reader_of(engine, viewer)
        told, read = reader.told(entity, selection), await reader.get(kind, entity.id, selection)
        # What a policy that looks at other things says of it is left to the database.
        assert told is None or read is not None
        if told is not None and read is not None:
            # As text too, since decimals are equal whatever their scale, and moments whatever their zone.
            for name, value in read.values.items():
                assert (told.values[name], str(told.values[name])) == (value, str(value)), name


def forms(entity: Entity) -> Iterator[Wanted]:
    """Name every field as its value, and as the text that it may be asked for as."""
    yield Written("id", f"{type(entity).__name__}:")
    for field in describe(type(entity)).fields.values():
        yield field.name
        if issubclass(field.type, Decimal | datetime | Enum):
            yield Written(field.name)
