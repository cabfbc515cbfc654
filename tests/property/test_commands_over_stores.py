"""Whatever commands are given in whatever order: memory, SQLite and PostgreSQL end up the same, and keep the rules."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.customer.commands import RegisterCustomer
from domain.invoice.commands import PurchaseTracks, RefundInvoice
from domain.kernel.batch import Batch, Batches, parts_validated
from domain.kernel.bus import CommandBus, For, Step
from domain.kernel.change import Change, at_expected_version
from domain.kernel.entity import describe, values_of
from domain.kernel.handlers import one_each
from domain.kernel.messages import Command, Event
from domain.kernel.result import Ok
from domain.kernel.retry import Retry
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.transaction import Transaction, validated
from domain.kernel.unit_of_work import UnitOfWork
from domain.playlist.commands import (
    AddTracksToPlaylist,
    CreatePlaylist,
    DeletePlaylist,
    RemoveTracksFromPlaylist,
    RenamePlaylist,
    RestorePlaylist,
)
from domain.track.commands import (
    CreateTrack,
    CreateTracks,
    DeleteTracks,
    UpdateTrack,
    UpdateTracks,
)
from domain.track.selling import ReinstateTrack, WithdrawTrack
from graphql_api.persistence.contention import may_try_again
from graphql_api.persistence.metadata import METADATA
from tests.support.databases import engine_for, migrated_database, work_on
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import MODEL, SLICES, UNIQUE

MOST_AT_ONCE = 4
PARTS = {"InvoiceLine": "invoice_id", "PlaylistEntry": "playlist_id"}
"""What is told of as a change of something else, and by which field."""
numbers = st.integers(0, 3)
several = st.lists(numbers, min_size=1, max_size=3, unique=True).map(tuple)
prices = st.sampled_from(list(map(Decimal, ("0.00", "0.99", "1.00", "10.50"))))
names = st.sampled_from(["A", "B", ""])
versions = st.one_of(st.none(), st.integers(1, 3))


@dataclass
class Ids:
    """What was made in one store, in the order of its making: the same place is the same thing in every store."""

    tracks: list[UUID] = field(default_factory=list)
    playlists: list[UUID] = field(default_factory=list)
    customers: list[UUID] = field(default_factory=list)
    invoices: list[UUID] = field(default_factory=list)

    def remember(self, value: Any) -> None:
        for thing in value if isinstance(value, tuple) else (value,):
            known: list[UUID] = getattr(self, f"{type(thing).__name__.lower()}s")
            if thing.id not in known:
                known.append(thing.id)


def at(ids: Sequence[UUID], number: int) -> UUID:
    """Choose one that was made, or one that nobody made."""
    return ids[number] if number < len(ids) else UUID(int=number)


class Store:
    """Commands over one kind of unit of work, with what came of them."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork]) -> None:
        self._unit_of_work = unit_of_work
        self.ids = Ids()
        self.versions: dict[UUID, int] = {}
        self.before: dict[UUID, list[dict[str, Any]]] = {}
        self.told: set[UUID] = set()
        handlers: dict[Any, Any] = one_each(item for part in SLICES for item in part.COMMAND_HANDLERS.items())
        transaction = Transaction(unit_of_work, self._hear)
        pipeline: list[Step] = [
            validated,
            For(Batch, parts_validated),
            Retry(may_try_again),
            transaction,
            For(Change, at_expected_version),
            For(Batch, Batches(MOST_AT_ONCE)),
        ]  # fmt: skip
        self._commands = CommandBus(handlers, pipeline)
        self.heard: list[str] = []

    async def give(self, command: Command[Any]) -> str:
        result = await self._commands.dispatch(command)
        if isinstance(result, Ok):
            self.ids.remember(result.value)
            return "OK"
        return result.error.code

    async def contents(self) -> dict[str, list[dict[str, Any]]]:
        """Read everything that is there, entity by entity in the order of making."""
        async with self._unit_of_work() as work:
            return {one.name: [values_of(thing) for thing in await work.repository(one.entity).find()] for one in MODEL}

    async def _hear(self, events: Sequence[Event]) -> None:
        self.heard += [type(event).__name__ for event in events]
        self.told |= {event.entity_id for event in events}


def alike(contents: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Put places for identities and take moments away, so that stores can be compared."""
    places = {row["id"]: f"{name} {place}" for name, rows in contents.items() for place, row in enumerate(rows)}
    return {
        name: [{key: _plain(value, places) for key, value in row.items() if key not in _moments(name)} for row in rows]
        for name, rows in contents.items()
    }


def _plain(value: Any, places: Mapping[UUID, str]) -> Any:
    return places.get(value, "gone") if isinstance(value, UUID) else value


def _moments(name: str) -> set[str]:
    return {one for one in describe(MODEL[name].entity).fields if one.endswith("_at")}


@dataclass
class Databases:
    """A database of each kind, and the loop that their connections live in."""

    runner: asyncio.Runner
    engines: Sequence[AsyncEngine]

    def stores(self) -> list[Store]:
        self.runner.run(self._empty())
        memory = Store(partial(InMemoryUnitOfWork, InMemoryStore(MODEL, UNIQUE)))
        return [memory, *(Store(partial(work_on, engine)) for engine in self.engines)]

    async def _empty(self) -> None:
        for engine in self.engines:
            async with engine.begin() as connection:
                for table in reversed(METADATA.sorted_tables):
                    await connection.execute(table.delete())


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, sqlite_template: Path, postgres_template: str) -> Iterator[Databases]:
    with ExitStack() as stack:
        kinds = ("sqlite", "postgresql")
        found = [stack.enter_context(migrated_database(kind, request)) for kind in kinds]
        runner = stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop))
        opened = AsyncExitStack()
        yield Databases(runner, [runner.run(opened.enter_async_context(engine_for(one))) for one in found])
        runner.run(opened.aclose())


class Trading(RuleBasedStateMachine):
    """Gives the same commands to every store."""

    databases: Databases

    @initialize()
    def open(self) -> None:
        self.stores = self.databases.stores()
        for name, price in (("A", "0.99"), ("B", "1.00")):
            self.create_track(name, Decimal(price))
        self.register_customer("Ada")
        self.create_playlist("A")

    def give(self, command: Callable[[Ids], Command[Any]]) -> None:
        outcomes = [self.databases.runner.run(store.give(command(store.ids))) for store in self.stores]
        assert outcomes == [outcomes[0]] * len(outcomes)
        event(f"{type(command(self.stores[0].ids)).__name__}: {outcomes[0]}")
        heard = [store.heard for store in self.stores]
        assert heard == [heard[0]] * len(heard)

    @rule(name=names, price=prices)
    def create_track(self, name: str, price: Decimal) -> None:
        self.give(lambda _: a_track(name, price))

    @rule(inputs=st.lists(st.tuples(names, prices), max_size=MOST_AT_ONCE + 1))
    def create_tracks(self, inputs: list[tuple[str, Decimal]]) -> None:
        self.give(lambda _: CreateTracks(tuple(a_track(*one) for one in inputs)))

    @rule(track=numbers, price=prices, version=versions)
    def update_track(self, track: int, price: Decimal, version: int | None) -> None:
        self.give(lambda ids: UpdateTrack(at(ids.tracks, track), unit_price=price, expected_version=version))

    @rule(price=prices, genre=names)
    def update_tracks(self, price: Decimal, genre: str) -> None:
        self.give(lambda _: UpdateTracks(where("unit_price", ComparisonOperator.GE, price), {"genre": genre}))

    @rule(name=names, price=prices)
    def delete_tracks(self, name: str, price: Decimal) -> None:
        named = where("name", ComparisonOperator.EQ, name)
        self.give(lambda _: DeleteTracks(named & where("unit_price", ComparisonOperator.LE, price)))

    @rule(track=numbers, version=versions)
    def withdraw_track(self, track: int, version: int | None) -> None:
        self.give(lambda ids: WithdrawTrack(at(ids.tracks, track), expected_version=version))

    @rule(track=numbers)
    def reinstate_track(self, track: int) -> None:
        self.give(lambda ids: ReinstateTrack(at(ids.tracks, track)))

    @rule(name=names)
    def register_customer(self, name: str) -> None:
        self.give(lambda _: RegisterCustomer(first_name="A", last_name="B", email=f"{name}@example.com"))

    @rule(customer=numbers, tracks=several)
    def purchase_tracks(self, customer: int, tracks: tuple[int, ...]) -> None:
        self.give(lambda ids: PurchaseTracks(at(ids.customers, customer), [at(ids.tracks, one) for one in tracks]))

    @rule(invoice=numbers, version=versions)
    def refund_invoice(self, invoice: int, version: int | None) -> None:
        self.give(lambda ids: RefundInvoice(at(ids.invoices, invoice), expected_version=version))

    @rule(name=names)
    def create_playlist(self, name: str) -> None:
        self.give(lambda _: CreatePlaylist(name))

    @rule(playlist=numbers, name=names, version=versions)
    def rename_playlist(self, playlist: int, name: str, version: int | None) -> None:
        self.give(lambda ids: RenamePlaylist(at(ids.playlists, playlist), name, expected_version=version))

    @rule(playlist=numbers, tracks=several, adding=st.booleans())
    def change_what_is_on_a_playlist(self, playlist: int, tracks: tuple[int, ...], adding: bool) -> None:
        kind = AddTracksToPlaylist if adding else RemoveTracksFromPlaylist
        self.give(lambda ids: kind(at(ids.playlists, playlist), [at(ids.tracks, one) for one in tracks]))

    @rule(playlist=numbers, deleting=st.booleans(), version=versions)
    def delete_or_restore_playlist(self, playlist: int, deleting: bool, version: int | None) -> None:
        kind = DeletePlaylist if deleting else RestorePlaylist
        self.give(lambda ids: kind(at(ids.playlists, playlist), expected_version=version))

    @invariant()
    def every_store_holds_the_same_and_keeps_the_rules(self) -> None:
        read = [self.databases.runner.run(store.contents()) for store in self.stores]
        compared = [alike(contents) for contents in read]
        assert compared == [compared[0]] * len(compared)
        for store, contents in zip(self.stores, read, strict=True):
            check_totals(contents)
            check_versions(store.versions, contents)
            check_events(store, contents)


def a_track(name: str, price: Decimal) -> CreateTrack:
    return CreateTrack(name=name, media_type="MPEG", milliseconds=1, unit_price=price)


def check_totals(contents: Mapping[str, list[dict[str, Any]]]) -> None:
    """An invoice's total is the sum of its lines."""
    for invoice in contents["Invoice"]:
        lines = [line for line in contents["InvoiceLine"] if line["invoice_id"] == invoice["id"]]
        assert lines
        assert invoice["total"] == sum(line["unit_price"] * line["quantity"] for line in lines)


def check_versions(known: dict[UUID, int], contents: Mapping[str, list[dict[str, Any]]]) -> None:
    """No version goes backwards, however often a thing is deleted and comes back."""
    for row in (row for rows in contents.values() for row in rows):
        assert row["version"] >= known.get(row["id"], 1)
        known[row["id"]] = row["version"]


def check_events(store: Store, contents: Mapping[str, list[dict[str, Any]]]) -> None:
    """Nothing changes without an event about it, its parts included, and there is no event of what did not change."""
    now: dict[UUID, list[dict[str, Any]]] = {}
    for name, rows in contents.items():
        for row in rows:
            now.setdefault(row[PARTS.get(name, "id")], []).append(row)
    assert store.told == {id for id in {*store.before, *now} if store.before.get(id) != now.get(id)}
    store.before, store.told = now, set()


@pytest.mark.postgres
def test_stores_stay_alike_and_keep_the_rules_whatever_is_done(databases: Databases) -> None:
    machine = type("Trading", (Trading,), {"databases": databases})
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=20, deadline=None))
