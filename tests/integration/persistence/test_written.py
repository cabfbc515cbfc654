"""Values as texts, beyond what the bundled tables hold."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Uuid, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.foreign import IntegerKey, numbered
from graphql_api.persistence.types import ExactDecimal, UtcDateTime
from graphql_api.persistence.written import written
from graphql_api.schema.identity import encode_id
from tests.support.databases import plans_of

LONG_TAG = "A" * 100 + ":"
IDENTITY = UUID("01234567-89ab-cdef-0123-456789abcdef")


async def told(engine: AsyncEngine, value: Any, kind: TypeEngine[Any], tag: str = "", *, exact: bool = True) -> str:
    """Have a value told by the database."""
    column = written(literal(value, kind), type(value), tag, exact=exact)
    (row,) = await plans_of(engine).rows(object(), (), lambda: select(column.label("told")))
    text: str = row["told"]
    return text


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("scale", [0, 2, 6, 7, 10])
@pytest.mark.parametrize("units", [0, 1, -1, 10, 99, 123_456_789_012_345])
async def test_decimals_are_told_as_python_writes_them(
    engine: AsyncEngine, units: int, scale: int, exact: bool
) -> None:
    value = Decimal(units).scaleb(-scale)

    assert await told(engine, value, ExactDecimal(18, scale), exact=exact) == str(value)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1, 1, 1, microsecond=1, tzinfo=UTC),
        datetime(999, 12, 31, 23, 59, 59, 100_000, tzinfo=UTC),
        datetime(2024, 2, 29, tzinfo=UTC),
    ],
)
async def test_moments_are_told_in_iso_form(engine: AsyncEngine, moment: datetime, exact: bool) -> None:
    assert await told(engine, moment, UtcDateTime(), exact=exact) == moment.isoformat()


@pytest.mark.parametrize("tag", ["", "It's:", "Größe\\:", LONG_TAG])
async def test_identities_are_told_with_their_tag_in_one_line(engine: AsyncEngine, tag: str) -> None:
    texts = {await told(engine, IDENTITY, Uuid(), tag, exact=exact) for exact in (True, False)}

    assert len(texts) == 1
    assert "\n" not in texts.pop()


@pytest.mark.parametrize("number", [-(2**63), -1, 0, 1, 2**63 - 1])
async def test_numbers_are_told_as_the_identities_that_they_stand_for(engine: AsyncEngine, number: int) -> None:
    identity = numbered(number)

    assert await told(engine, identity, IntegerKey(), "Ship:", exact=False) == encode_id("Ship", identity)


@pytest.mark.parametrize("number", [-(2**63), -1, 0, 1, 2**63 - 1, None])
async def test_identities_of_numbers_are_read_alike_by_both_ways(engine: AsyncEngine, number: int | None) -> None:
    identity = None if number is None else numbered(number)
    statement = select(literal(identity, IntegerKey()).label("id"))

    (row,) = await plans_of(engine).rows(object(), (), lambda: statement)
    async with engine.connect() as connection:
        read = await connection.scalar(statement)

    assert row["id"] == read == identity
