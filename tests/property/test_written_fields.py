"""A field that is read as text is told as its value is written, whatever it is and on both databases."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.entity import EntityDescription
from domain.kernel.selection import Listing, Page, Selection, Written
from tests.support.databases import reader_of, store_tables
from tests.support.worlds import World, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = tuple(entity.name for entity in store_tables().model)
TAGS = ("", "T:", "TV:", "Someone's:", "\\é:", "Tag" * 30)


def text_of(value: Any) -> str | None:
    """Write a value the way that answers show it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Enum():
            return str(value.value)
        case _:
            return None if value is None else str(value)


def written(entity: EntityDescription) -> list[Written]:
    fields = entity.fields.values()
    return [Written(one.name) for one in fields if issubclass(one.type, Decimal | datetime | Enum) and not one.many]


ROWS = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), worlds({name: 6})))


@given(ROWS, st.sampled_from(TAGS))
async def test_texts_tell_the_values(engines: Mapping[str, AsyncEngine], case: tuple[str, World], tag: str) -> None:
    name, world = case
    entity = store_tables().model[name]
    wanted = written(entity)
    listing = Listing(Selection((*wanted, Written("id", tag))), page=Page(10))
    for dialect, engine in engines.items():
        await world.replace(engine)
        rows = {record.values["id"]: record.values for record in await reader_of(engine).find(entity.entity, listing)}
        shown = [row for row in world.rows[name] if row.get("deleted_at") is None]
        assert rows.keys() == {row["id"] for row in shown}, dialect
        for row in shown:
            told = rows[row["id"]]
            assert {one: told[str(one)] for one in wanted} == {one: text_of(row[one.field]) for one in wanted}, dialect
            assert told[str(Written("id", tag))] == b64encode(f"{tag}{row['id']}".encode()).decode(), dialect
