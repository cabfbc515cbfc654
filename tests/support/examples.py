"""Things that keep every rule, made from the descriptions of entities: what the tests of one need of all others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
import structlog
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.description import FieldDescription
from domain.kernel.entity import Entity, values_of
from domain.kernel.identity import new_id
from domain.kernel.json_value import Json
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import EMAIL, Length, Range
from graphql_api.schema.identity import encode_id
from graphql_api.schema.scalars import camel_case
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.databases import engine_for, store_tables, work_on
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.support.valid_entities import values

E = TypeVar("E", bound=Entity)
_numbers = count(1)


def example(field: FieldDescription) -> Any:
    """Make a value that breaks no rule of a field, and another one each time where the field has room for it."""
    if field.many:
        length = next((rule for rule in field.rules if isinstance(rule, Length)), Length())
        return tuple(_value(field) for _ in range(length.minimum))
    return _value(field)


def _value(field: FieldDescription) -> Any:
    number = next(_numbers)
    limits = next((rule for rule in field.rules if isinstance(rule, Range)), Range())
    if issubclass(field.type, Enum):
        return next(iter(field.type))
    values: Mapping[type, Any] = {
        str: _text(field, number),
        int: _within(limits, number),
        Decimal: _within(limits, Decimal(number)),
        float: _within(limits, float(number)),
        bool: True,
        date: date(2000, 1, 1),
        datetime: datetime(2000, 1, 1, tzinfo=UTC),
        UUID: new_id(),
        Json: Json.of({"number": number}),
    }
    return values[field.type]


def _text(field: FieldDescription, number: int) -> str:
    if EMAIL in field.rules:
        return f"example{number}@example.com"
    length = next((rule for rule in field.rules if isinstance(rule, Length) and not field.many), Length())
    return str(number).rjust(length.minimum, "x")[-(length.maximum or max(20, length.minimum)) :]


def _within(limits: Range, value: Any) -> Any:
    low, high = limits.minimum, limits.maximum
    kind = type(value)
    if low is not None and value < low:
        value = kind(low) + value if high is None or kind(low) + value <= high else kind(low)
    return kind(high) if high is not None and value > high else value


def family(name: str) -> list[Entity]:
    """Make an entity, the last one, behind those that it has to refer to."""
    description = store_tables().model[name]
    before: list[Entity] = []
    values: dict[str, Any] = {}
    for field in description.fields.values():
        if field.references is not None and not field.nullable:
            before += family(field.references)
            values[field.name] = before[-1].id
        elif not field.optional:
            values[field.name] = example(field)
    return [*before, description.entity(**values)]


@st.composite
def families_of(draw: st.DrawFn, name: str) -> list[Entity]:
    """Give an entity, the last one, that keeps all rules in every possible way, behind examples of what it refers to."""
    own = draw(values(name))
    before: list[Entity] = []
    references: dict[str, Any] = {}
    for field in store_tables().model[name].fields.values():
        if field.references is not None:
            absent = field.nullable and draw(st.booleans())
            before += [] if absent else family(field.references)
            references[field.name] = None if absent else before[-1].id
    return [*before, store_tables().model[name].entity(**own, **references)]


def _referred(name: str) -> Iterator[tuple[FieldDescription, list[Entity]]]:
    for field in store_tables().model[name].fields.values():
        if field.references is not None and not field.nullable:
            yield field, family(field.references)


class Workshop:
    """A store in memory, to which what an entity refers to is added as it is needed."""

    def __init__(self) -> None:
        self._store = InMemoryStore(store_tables().model)

    def work(self) -> InMemoryUnitOfWork:
        return InMemoryUnitOfWork(self._store)

    async def references(self, name: str) -> dict[str, Any]:
        """Store what one entity of a kind has to refer to, and give its fields that do."""
        found = dict[str, Any]()
        async with self.work() as work:
            for field, members in _referred(name):
                await _add(work, members)
                found[field.name] = members[-1].id
            await work.commit()
        return found

    async def stored(self, entity: type[E], id: UUID) -> E | None:
        """Find what is stored."""
        async with self.work() as work:
            return await work.repository(entity).get(id)


async def _add(work: UnitOfWork, members: list[Entity]) -> None:
    for member in members:
        await work.repository(type(member)).add(member)


@dataclass(frozen=True, slots=True)
class Served:
    """Everything in the manifest, served from one database, and a client of it."""

    api: Api
    engine: AsyncEngine

    def references(self, name: str) -> dict[str, Any]:
        """Store what one entity of a kind has to refer to, and give the part of an input that does."""
        found = {}
        for field, members in _referred(name):
            self.api.run(self._store(members))
            found[camel_case(field.name)] = encode_id(field.references or "", members[-1].id)
        return found

    def stored_and_read(self, members: list[Entity]) -> Mapping[str, Any]:
        """Store a family, and give what is read of its last member; then take them all away again."""
        return self.api.run(self._stored_and_read(members))

    async def _stored_and_read(self, members: list[Entity]) -> Mapping[str, Any]:
        await self._store(members)
        try:
            async with work_on(self.engine) as work:
                found = await work.repository(type(members[-1])).get(members[-1].id)
                assert found is not None
                return values_of(found)
        finally:
            async with self.engine.begin() as connection:
                for member in reversed(members):
                    table = store_tables()[type(member).__name__]
                    await connection.execute(delete(table).where(table.c.id == member.id))

    async def _store(self, members: list[Entity]) -> None:
        # One after the other: a unit of work stores type by type, which is no order for references in a circle.
        for member in members:
            async with work_on(self.engine) as work:
                await _add(work, [member])
                await work.commit()


@pytest.fixture(scope="session", params=DATABASES)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Serve everything from a database that the tests of all entities share."""
    before = structlog.get_config()
    with new_database(request) as url:
        settings = settings_of(url)
        with serving(settings) as api:
            # The log is for the application alone, which lives on while other tests look at theirs.
            structlog.configure(**before)
            engines = engine_for(settings.database)
            yield Served(api, api.run(engines.__aenter__()))
            api.run(engines.__aexit__(None, None, None))
