"""Units of work store what they were given, and do on both databases what the fake does in memory."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.entity import Entity, values_of
from domain.kernel.errors import Conflict, DomainError
from domain.kernel.messages import Event
from domain.kernel.selection import Order
from domain.kernel.specification import EVERYTHING, Specification
from domain.kernel.unit_of_work import UnitOfWork
from tests.support.databases import engine_for, migrated_database, store_tables, work_on
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.support.valid_entities import Family, families, values
from tests.support.worlds import World, identity, orders, specifications

NAMES = [entity.name for entity in store_tables().model]
UNIQUE = {"Customer": ("email",), "PlaylistEntry": ("playlist_id", "track_id")}
SET_BY_THE_STORE = {"updated_at", "deleted_at"}


@pytest.mark.asyncio(loop_scope="module")
@given(st.sampled_from(NAMES).flatmap(families))
async def test_a_valid_entity_survives_saving_and_loading(engines: Mapping[str, AsyncEngine], family: Family) -> None:
    for dialect, engine in engines.items():
        await World({}).replace(engine)
        async with work_on(engine) as work:
            for entity in family.members:
                await work.repository(type(entity)).add(entity)
            await work.commit()
        async with work_on(engine) as work:
            for entity in family.members:
                loaded = await work.repository(type(entity)).get(entity.id)
                if getattr(entity, "deleted_at", None) is not None:
                    assert loaded is None, dialect
                    continue
                assert loaded is not None
                assert loaded is not entity
                assert values_of(loaded) == values_of(entity), dialect
                # Not the very types: asyncpg has a faster UUID, which is one by inheritance.
                for name, value in values_of(entity).items():
                    assert isinstance(values_of(loaded)[name], type(value)), dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Event):
    """Stands for whatever is recorded on an entity."""


@dataclass(frozen=True)
class Stores:
    """Databases, and the loop that their engines live in."""

    runner: asyncio.Runner
    engines: Mapping[str, AsyncEngine]

    def emptied(self) -> Mapping[str, Callable[[], Any]]:
        """Empty the databases, and return what makes units of work over a new fake and over each of them."""
        for engine in self.engines.values():
            self.runner.run(World({}).replace(engine))
        sql = {name: partial(work_on, engine) for name, engine in self.engines.items()}
        return {"memory": partial(InMemoryUnitOfWork, InMemoryStore(store_tables().model, UNIQUE)), **sql}


@pytest.fixture
def stores(request: pytest.FixtureRequest, sqlite_template: Path, postgres_template: str) -> Iterator[Stores]:
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop))
        databases = {name: stack.enter_context(migrated_database(name, request)) for name in ("sqlite", "postgresql")}
        opened = AsyncExitStack()
        engines = {
            name: runner.run(opened.enter_async_context(engine_for(settings))) for name, settings in databases.items()
        }
        yield Stores(runner, engines)
        runner.run(opened.aclose())


class UnitsOfWork(RuleBasedStateMachine):
    """One unit of work after the other, the same on each store.

    A unit of work that holds something invalid or repeated can only end: when that is noticed is no promise.
    """

    def __init__(self, stores: Stores) -> None:
        super().__init__()
        self.run = stores.runner.run
        self.make = stores.emptied()
        self.works: dict[str, Any] = {}
        self.in_trouble = False
        self.made = Counter[str]()
        self.taken: set[tuple[str, tuple[Any, ...]]] = set()

    @precondition(lambda self: not self.works)
    @rule()
    def begin(self) -> None:
        self.works = {name: make() for name, make in self.make.items()}
        for work in self.works.values():
            self.run(work.__aenter__())
        self.in_trouble = False
        self.taken = {(name, key(name, row)) for name in UNIQUE for row in self.rows(name).values()}

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def add(self, data: st.DataObject, name: str) -> None:
        drawn = self.draw_values(data, name)
        if drawn is not None and (name not in UNIQUE or (name, key(name, drawn)) not in self.taken):
            self.add_each(name, drawn)
            if name in UNIQUE:
                self.taken.add((name, key(name, drawn)))

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(["Artist", "Customer", "Track"]))
    def add_something_invalid(self, data: st.DataObject, name: str) -> None:
        drawn = self.draw_values(data, name)
        text = next(field.name for field in store_tables().model[name].fields.values() if field.type is str)
        if drawn is not None:
            self.add_each(name, {**drawn, text: "\0"})
            self.in_trouble = True

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(sorted(UNIQUE)))
    def add_something_repeated(self, data: st.DataObject, name: str) -> None:
        rows = list(self.rows(name).values())
        if rows:
            like = data.draw(st.sampled_from(rows))
            drawn = self.draw_values(data, name)
            assert drawn is not None
            self.add_each(name, {**drawn, **{field: like[field] for field in UNIQUE[name]}})
            self.in_trouble = True

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def change(self, data: st.DataObject, name: str) -> None:
        drawn = data.draw(values(name))
        free = [one for one in drawn if one not in {*SET_BY_THE_STORE, *UNIQUE.get(name, ())}]
        if self.rows(name) and free:
            id = data.draw(st.sampled_from(sorted(self.rows(name))))
            field = data.draw(st.sampled_from(free))
            event = Changed(entity_id=id)

            async def act(work: UnitOfWork) -> None:
                found = await work.repository(entity_of(name)).get(id)
                if found is not None:
                    setattr(found, field, drawn[field])
                    found.record(event)

            self.do(act)

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def remove(self, data: st.DataObject, name: str) -> None:
        unreferred = sorted(id for id in self.rows(name) if not self.is_referred(name, id))
        if unreferred:
            id = data.draw(st.sampled_from(unreferred))

            async def act(work: UnitOfWork) -> None:
                found = await work.repository(entity_of(name)).get(id)
                if found is not None:
                    await work.repository(entity_of(name)).remove(found)

            self.do(act)

    @precondition(lambda self: self.works and not self.in_trouble)
    @rule(data=st.data(), name=st.sampled_from(NAMES), limit=st.none() | st.integers(0, 3))
    def find(self, data: st.DataObject, name: str, limit: int | None) -> None:
        where = data.draw(specifications(name, 1).filter(ignores_what_the_store_sets))
        order = data.draw(orders(name).filter(ignores_what_the_store_sets))
        self.do(partial(found_by, name=name, where=where, order=order, limit=limit))
        self.do(lambda work: work.repository(entity_of(name)).count(where))

    @precondition(lambda self: self.works)
    @rule()
    def commit(self) -> None:
        outcome = self.do(lambda work: work.commit())
        assert (outcome[0] == "done") is not self.in_trouble
        self.end()

    @precondition(lambda self: self.works)
    @rule()
    def roll_back(self) -> None:
        self.end()

    def teardown(self) -> None:
        if self.works:
            self.end()
        self.begin()
        for name in NAMES:
            self.do(partial(found_by, name=name))
        self.end()

    def do(self, act: Callable[[UnitOfWork], Awaitable[object]]) -> tuple[object, ...]:
        """Do the same in every unit of work, and return what came of it everywhere."""
        outcomes = {name: self.run(outcome_of(act(work))) for name, work in self.works.items()}
        assert outcomes == dict.fromkeys(outcomes, outcomes["memory"])
        return outcomes["memory"]

    def end(self) -> None:
        for work in self.works.values():
            self.run(work.__aexit__(None, None, None))
        self.works = {}

    def rows(self, name: str) -> Mapping[UUID, Mapping[str, Any]]:
        """Return the rows of an entity as the unit of work in memory has made them, deleted ones included."""
        self.works["memory"].write()
        rows: Mapping[UUID, Mapping[str, Any]] = self.works["memory"].rows[name]
        return rows

    def is_referred(self, name: str, id: UUID) -> bool:
        return any(
            row[field.name] == id
            for entity in store_tables().model
            for field in entity.fields.values()
            if field.references == name
            for row in self.rows(entity.name).values()
        )

    def draw_values(self, data: st.DataObject, name: str) -> Mapping[str, Any] | None:
        """Draw the values of a new entity, or return None where something that it must refer to is missing."""
        drawn = dict(data.draw(values(name)))
        for field in store_tables().model[name].fields.values():
            if field.references is not None:
                ids: list[UUID | None] = [*sorted(self.rows(field.references)), *([None] if field.nullable else [])]
                if not ids:
                    return None
                drawn[field.name] = data.draw(st.sampled_from(ids))
        return drawn

    def add_each(self, name: str, drawn: Mapping[str, Any]) -> None:
        self.made[name] += 1
        id = identity(name, self.made[name])
        event = Changed(entity_id=id)

        async def act(work: UnitOfWork) -> None:
            entity = entity_of(name)(id=id, **drawn)
            entity.record(event)
            await work.repository(entity_of(name)).add(entity)

        self.do(act)


def entity_of(name: str) -> type[Entity]:
    return store_tables().model[name].entity


def key(name: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[field] for field in UNIQUE[name])


def ignores_what_the_store_sets(part: Specification | Order) -> bool:
    return not any(field in repr(part) for field in SET_BY_THE_STORE)


async def found_by(
    work: UnitOfWork, name: str, where: Specification = EVERYTHING, order: Order = (), limit: int | None = None
) -> list[Mapping[str, Any]]:
    found = await work.repository(entity_of(name)).find(where, order, limit)
    return [{field: value for field, value in values_of(one).items() if field not in SET_BY_THE_STORE} for one in found]


async def outcome_of(act: Awaitable[object]) -> tuple[object, ...]:
    try:
        return "done", await act
    except DomainError as error:
        return type(error), error.entity if isinstance(error, Conflict) else None


def test_units_of_work_do_on_both_databases_what_they_do_in_memory(stores: Stores) -> None:
    class OnTheseStores(UnitsOfWork):
        def __init__(self) -> None:
            super().__init__(stores)

    run_state_machine_as_test(OnTheseStores, settings=settings(stateful_step_count=25))
