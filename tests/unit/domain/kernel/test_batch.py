"""Batches over a store in memory: all of their commands or none, each reported that fails."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.artist.commands import CreateArtist, RenameArtist, handle_create_artist, handle_rename_artist
from domain.artist.entity import Artist
from domain.kernel.batch import Batch, Batches, ChangeMany, CreateMany, parts_validated
from domain.kernel.bus import CommandBus, For, Step
from domain.kernel.errors import BatchFailed, NotFound, ValidationFailed
from domain.kernel.messages import Command
from domain.kernel.result import Err
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.transaction import Transaction
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import MODEL

MOST = 5
REFUSED = "refused"
names = st.sampled_from(["A", "B", REFUSED])


@dataclass(frozen=True, slots=True)
class CreateArtists(CreateMany[Artist]):
    one: ClassVar[type[Command[Any]]] = CreateArtist


@dataclass(frozen=True, slots=True)
class RenameArtists(ChangeMany[Artist]):
    one: ClassVar[Any] = RenameArtist


async def _heard(_events: object) -> None:
    """Take no note of events."""


class Shop:
    """A store of artists that refuses one name."""

    def __init__(self) -> None:
        self.store = InMemoryStore(MODEL)

    async def do(self, command: Command[Any]) -> Any:
        async def create(command: CreateArtist, work: Any) -> Any:
            result = await handle_create_artist(command, work)
            return Err(NotFound("Name", [])) if command.name == REFUSED else result

        async def rename(command: RenameArtist, work: Any) -> Any:
            if command.name == REFUSED:
                raise NotFound("Name", [])
            return await handle_rename_artist(command, work)

        pipeline: list[Step] = [
            For(Batch, parts_validated),
            Transaction(partial(InMemoryUnitOfWork, self.store), _heard),
            For(Batch, Batches(MOST)),
        ]
        return await CommandBus({CreateArtist: create, RenameArtist: rename}, pipeline).dispatch(command)

    @property
    def names(self) -> list[str]:
        return sorted(row["name"] for row in self.store.snapshot()["Artist"].values())


def creating(*names: str) -> CreateArtists:
    return CreateArtists(items=tuple(map(CreateArtist, names)))


@given(st.lists(names, max_size=MOST))
async def test_all_is_done_or_nothing_and_every_failure_has_its_number(chosen: list[str]) -> None:
    shop = Shop()
    result = await shop.do(creating(*chosen))
    failing = [number for number, name in enumerate(chosen) if name == REFUSED]
    if failing:
        assert isinstance(result.error, BatchFailed)
        assert [failure.index for failure in result.error.failures] == failing
        assert shop.names == []
    else:
        assert [made.name for made in result.unwrap()] == chosen
        assert shop.names == sorted(chosen)


async def test_a_batch_that_is_too_large_is_refused_whole() -> None:
    shop = Shop()
    result = await shop.do(creating(*"ABCDEF"))
    assert isinstance(result.error, ValidationFailed)
    assert [(one.field, one.code) for one in result.error.violations] == [("input", "TOO_MANY")]
    assert shop.names == []


async def test_broken_rules_are_listed_with_the_place_of_each_command() -> None:
    result = await Shop().do(creating("", "A", "x" * 121))
    assert {one.field for one in result.error.violations} == {"input.0.name", "input.2.name"}


async def test_what_a_filter_chooses_is_changed_and_nothing_else() -> None:
    shop = Shop()
    await shop.do(creating("A", "A", "B"))
    renamed = await shop.do(RenameArtists(where=where("name", ComparisonOperator.EQ, "A"), values={"name": "C"}))
    assert len(renamed.unwrap()) == 2
    assert shop.names == ["B", "C", "C"]


@pytest.mark.parametrize("number", [MOST, MOST + 1])
async def test_a_filter_may_choose_so_many_and_no_more(number: int) -> None:
    shop = Shop()
    for _ in range(number):
        await shop.do(creating("A"))
    result = await shop.do(RenameArtists(where=where("name", ComparisonOperator.EQ, "A"), values={"name": "B"}))
    assert isinstance(result, Err) is (number > MOST)
    assert shop.names == (["A"] if number > MOST else ["B"]) * number


async def test_a_raised_failure_is_reported_with_the_thing_that_it_is_about() -> None:
    shop = Shop()
    (made,) = (await shop.do(creating("A"))).unwrap()
    result = await shop.do(RenameArtists(where=where("name", ComparisonOperator.EQ, "A"), values={"name": REFUSED}))
    assert [(failure.index, failure.id) for failure in result.error.failures] == [(0, made.id)]
