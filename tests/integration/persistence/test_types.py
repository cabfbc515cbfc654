"""Column types: exact values in, the same values out, and nothing bent to fit."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from graphql_api.persistence.types import CodePointText, EnumText, ExactDecimal, UtcDateTime


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


SAMPLES = Table(
    "samples",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("amount", ExactDecimal(18, 4)),
    Column("moment", UtcDateTime()),
    Column("colour", EnumText(Colour)),
    Column("words", CodePointText),
)


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection on which the table is, until it is rolled back."""
    async with engine.connect() as connection:
        await connection.run_sync(SAMPLES.metadata.create_all)
        yield connection


async def kept(connection: AsyncConnection, **values: Any) -> Any:
    """Store a value and read it back."""
    ((name, value),) = values.items()
    await connection.execute(insert(SAMPLES), {name: value})
    return await connection.scalar(select(SAMPLES.c[name]).order_by(SAMPLES.c.id.desc()).limit(1))


@pytest.mark.parametrize(
    "amount", ["0", "0.0001", "-0.1", "99999999999999.9999", "-99999999999999.9999", "1E+3", "7.50"]
)
async def test_decimals_are_exact(connection: AsyncConnection, amount: str) -> None:
    value = await kept(connection, amount=Decimal(amount))
    assert isinstance(value, Decimal)
    assert value == Decimal(amount)
    assert str(value) == f"{Decimal(amount):.4f}"


@pytest.mark.parametrize("amount", ["0.00001", "100000000000000", "-100000000000000", "0.12345678901234567890"])
async def test_decimals_that_would_be_rounded_are_refused(connection: AsyncConnection, amount: str) -> None:
    with pytest.raises(StatementError, match="needs more than 18 digits, 4 of them after the point"):
        await kept(connection, amount=Decimal(amount))


def test_a_decimal_that_sqlite_has_no_room_for_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="18 digits, not 19"):
        ExactDecimal(19, 2)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-3, minutes=-30))])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 2, 29, 23, 59, 59, 999_999),  # noqa: DTZ001  # the zone is the other parameter
        datetime(999, 1, 2, 3, 4, 5),  # noqa: DTZ001  # the same
        datetime(9999, 12, 30),  # noqa: DTZ001  # the same
    ],
)
async def test_moments_come_back_in_utc(connection: AsyncConnection, moment: datetime, zone: timezone) -> None:
    moment = moment.replace(tzinfo=zone)
    value = await kept(connection, moment=moment)
    assert value == moment
    assert value.tzinfo is UTC


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
async def test_the_first_and_the_last_moment_come_back(connection: AsyncConnection, moment: datetime) -> None:
    value = await kept(connection, moment=moment)
    assert value == moment
    assert value.tzinfo is UTC


async def test_moments_without_a_zone_are_refused(connection: AsyncConnection) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        await kept(connection, moment=datetime(2024, 1, 1))  # noqa: DTZ001  # as somebody might


async def test_enumerations_are_stored_by_value(connection: AsyncConnection) -> None:
    assert await kept(connection, colour=Colour.BLUE) is Colour.BLUE
    assert await connection.scalar(text("SELECT colour FROM samples")) == "blue"


async def test_a_value_that_is_no_member_any_more_is_an_error(connection: AsyncConnection) -> None:
    await connection.execute(text("INSERT INTO samples (colour) VALUES ('green')"))
    with pytest.raises(ValueError, match="'green' is not a valid Colour"):
        await connection.scalar(select(SAMPLES.c.colour))


@pytest.mark.parametrize("name", ["amount", "moment", "colour", "words"])
async def test_absent_values_stay_absent(connection: AsyncConnection, name: str) -> None:
    assert await kept(connection, **{name: None}) is None


async def test_text_is_ordered_by_code_point(connection: AsyncConnection) -> None:
    words = ["a", "B", "é", "e\u0301", "Z", "\U0001f600", "\uffee", "", "ä"]
    await connection.execute(insert(SAMPLES), [{"words": word} for word in words])
    found = (await connection.scalars(select(SAMPLES.c.words).order_by(SAMPLES.c.words))).all()
    assert found == sorted(words)
