"""Rules that the owner of a table gave to the database: whoever breaks one hears which."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import pytest
from asyncpg import PostgresError
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table, func
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import DBAPIError

from domain.kernel.description import Field
from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.model import DomainModel
from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.metadata import METADATA, identity
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.transaction import transactions
from graphql_api.persistence.types import CodePointText
from graphql_api.persistence.unit_of_work import SqlAlchemyUnitOfWork
from graphql_api.settings import DatabaseSettings


@dataclass(slots=True, kw_only=True, eq=False)
class Room(Entity):
    """A room, of which the database knows more than the domain."""

    name: Annotated[str, Field("What it is called.")]
    floor: Annotated[int, Field("Where it is.")] = 0
    door: Annotated[int, Field("Its number on the floor.")] = 0
    beds: Annotated[int, Field("How many can sleep in it.")] = 1


rooms = Table(
    "rooms",
    MetaData(naming_convention=METADATA.naming_convention),
    *identity(),
    Column("name", CodePointText, nullable=False),
    Column("floor", BigInteger(), nullable=False),
    Column("door", BigInteger(), nullable=False),
    Column("beds", BigInteger(), nullable=False),
    CheckConstraint("beds > 0", name="somebody_can_sleep"),
    CheckConstraint("beds < 100"),
    ExcludeConstraint(("beds", "="), where="beds > 50", using="btree", name="one_dormitory").ddl_if("postgresql"),
    Index(None, "floor", "door", unique=True),
)
Index("rooms_name_in_any_case", func.lower(rooms.c.name), unique=True)


def first() -> Room:
    return Room(name="Blue", floor=1, door=1, beds=60)


@pytest.fixture
async def work_on_rooms(unmigrated: DatabaseSettings) -> AsyncIterator[Callable[[], SqlAlchemyUnitOfWork]]:
    engine, driver = create_engine(unmigrated), create_driver(unmigrated)
    plans = Plans(engine, driver, EntityTables(DomainModel([Room]), [{Room: rooms}]))
    work = partial(SqlAlchemyUnitOfWork, plans, transactions(engine, driver))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(rooms.metadata.create_all)
        await store(work, first())
        yield work
    finally:
        await driver.close()
        await engine.dispose()


async def store(work: Callable[[], SqlAlchemyUnitOfWork], room: Room) -> None:
    async with work() as begun:
        await begun.repository(Room).add(room)
        await begun.commit()


async def test_who_breaks_a_rule_of_the_database_hears_which(
    work_on_rooms: Callable[[], SqlAlchemyUnitOfWork], unmigrated: DatabaseSettings
) -> None:
    broken = {
        "another one has the same floor and door": Room(name="Red", floor=1, door=1),
        "another one has the same name": Room(name="BLUE"),
        'it breaks the rule "somebody can sleep"': Room(name="Red", beds=0),
    }
    if unmigrated.url.dialect == "postgresql":  # which alone has such rules
        broken['it breaks the rule "one dormitory"'] = Room(name="Red", beds=60)
    for reason, room in broken.items():
        with pytest.raises(Conflict) as raised:
            await store(work_on_rooms, room)
        assert raised.value.reason == reason


async def test_a_rule_without_a_name_is_told_to_the_owner_alone(
    work_on_rooms: Callable[[], SqlAlchemyUnitOfWork],
) -> None:
    with pytest.raises((DBAPIError, PostgresError)):
        await store(work_on_rooms, Room(name="Red", beds=100))
