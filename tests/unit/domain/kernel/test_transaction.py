from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from domain.artist.commands import CreateArtist, RenameArtist, handle_rename_artist
from domain.artist.entity import Artist
from domain.artist.events import ArtistRenamed
from domain.kernel.bus import CommandBus, HandlerFailedError
from domain.kernel.errors import Conflict, DomainError, ValidationFailed
from domain.kernel.finding import required
from domain.kernel.messages import Command, Event
from domain.kernel.result import Err, Ok, Result
from domain.kernel.transaction import Transaction, validated
from domain.kernel.unit_of_work import UnitOfWork
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import MODEL, Shop, an_artist


@dataclass
class Publisher:
    """Publishes events to itself, with the names that were stored when they came."""

    store: InMemoryStore
    heard: list[Event] = field(default_factory=list)
    stored_then: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def __call__(self, events: Sequence[Event]) -> None:
        self.heard.extend(events)
        self.stored_then.extend(row["name"] for row in self.store.snapshot()["Artist"].values())
        if self.error is not None:
            raise self.error


@dataclass(frozen=True, slots=True)
class Renaming:
    """A store with one artist, a bus whose handler renames it and then ends as it is told, and who hears of it."""

    artist: Artist
    store: InMemoryStore
    publisher: Publisher

    @classmethod
    async def prepare(cls) -> "Renaming":
        shop = Shop()
        (artist,) = await shop.stock(an_artist("Before"))
        return cls(artist, shop.store, Publisher(shop.store))

    async def run(self, end: Any, *outer: Any) -> Result[Any, DomainError]:
        async def handle(command: RenameArtist, work: UnitOfWork) -> Any:
            artist = await required(work, Artist, command.artist_id)
            artist.rename(command.name)
            return await end(artist, work)

        transaction = Transaction(partial(InMemoryUnitOfWork, self.store), self.publisher)
        return await CommandBus({RenameArtist: handle}, [*outer, transaction]).dispatch(
            RenameArtist(self.artist.id, "After")
        )

    @property
    def name(self) -> str:
        return str(self.store.snapshot()["Artist"][self.artist.id]["name"])


@pytest.fixture
async def renaming() -> Renaming:
    return await Renaming.prepare()


async def test_what_a_successful_command_changed_is_stored_before_its_events_are_published(renaming: Renaming) -> None:
    async def succeed(artist: Artist, work: UnitOfWork) -> Ok[Artist]:
        assert renaming.name == "Before"
        return Ok(artist)

    result = await renaming.run(succeed)

    assert isinstance(result, Ok)
    assert renaming.name == "After"
    assert [type(event) for event in renaming.publisher.heard] == [ArtistRenamed]
    assert renaming.publisher.stored_then == ["After"]


async def test_a_refused_command_stores_nothing_and_publishes_nothing(renaming: Renaming) -> None:
    refusal = Conflict("Artist")

    async def refuse(artist: Artist, work: UnitOfWork) -> Err[Conflict]:
        return Err(refusal)

    async def give_up(artist: Artist, work: UnitOfWork) -> Err[Conflict]:
        raise refusal

    for end in (refuse, give_up):
        assert await renaming.run(end) == Err(refusal)
        assert (renaming.name, renaming.publisher.heard) == ("Before", [])


async def test_a_command_that_fails_unexpectedly_stores_nothing_and_publishes_nothing(renaming: Renaming) -> None:
    async def fail(artist: Artist, work: UnitOfWork) -> Ok[Artist]:
        raise ZeroDivisionError

    with pytest.raises(HandlerFailedError):
        await renaming.run(fail)

    assert (renaming.name, renaming.publisher.heard) == ("Before", [])


async def test_a_change_that_somebody_else_made_first_is_a_conflict_and_no_event(renaming: Renaming) -> None:
    async def be_late(artist: Artist, work: UnitOfWork) -> Ok[Artist]:
        async with InMemoryUnitOfWork(renaming.store) as other:
            (await required(other, Artist, artist.id)).rename("Faster")
            await other.commit()
        return Ok(artist)

    result = await renaming.run(be_late)

    assert isinstance(result, Err)
    assert isinstance(result.error, Conflict)
    assert (renaming.name, renaming.publisher.heard) == ("Faster", [])


async def test_an_entity_that_came_to_break_its_rules_is_not_stored(renaming: Renaming) -> None:
    async def spoil(artist: Artist, work: UnitOfWork) -> Ok[Artist]:
        artist.name = ""
        return Ok(artist)

    result = await renaming.run(spoil)

    assert isinstance(result, Err)
    assert isinstance(result.error, ValidationFailed)
    assert (renaming.name, renaming.publisher.heard) == ("Before", [])


async def test_what_was_stored_stays_stored_when_telling_of_it_fails(renaming: Renaming) -> None:
    async def succeed(artist: Artist, work: UnitOfWork) -> Ok[Artist]:
        return Ok(artist)

    renaming.publisher.error = RuntimeError("nobody listens")

    with pytest.raises(HandlerFailedError) as caught:
        await renaming.run(succeed)

    assert caught.value.__cause__ is renaming.publisher.error
    assert renaming.name == "After"


async def test_each_command_has_a_unit_of_work_of_its_own() -> None:
    store = InMemoryStore(MODEL)
    works: list[object] = []

    async def handle(command: CreateArtist, work: UnitOfWork) -> Result[Artist, DomainError]:
        works.append(work)
        return Ok(an_artist())

    bus = CommandBus({CreateArtist: handle}, [Transaction(partial(InMemoryUnitOfWork, store), Publisher(store))])
    await bus.dispatch(CreateArtist("One"))
    await bus.dispatch(CreateArtist("Two"))

    assert len({id(work) for work in works}) == 2


async def test_input_that_breaks_rules_reaches_neither_the_store_nor_the_handler(renaming: Renaming) -> None:
    async def forbidden() -> UnitOfWork:
        raise AssertionError

    commands: dict[type[Command[Any]], Any] = {RenameArtist: handle_rename_artist}
    transaction = Transaction(forbidden, renaming.publisher)  # type: ignore[arg-type]  # it would fail if it were used

    result = await CommandBus(commands, [validated, transaction]).dispatch(RenameArtist(renaming.artist.id, ""))

    assert isinstance(result, Err)
    assert isinstance(result.error, ValidationFailed)


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_success_says_what_the_unit_of_work_says_of_its_value(is_stored: bool) -> None:
    asked: list[object] = []

    class Telling(InMemoryUnitOfWork):
        def stored(self, thing: object) -> bool:
            asked.append(thing)
            return is_stored

    renaming = await Renaming.prepare()

    async def handle(_command: RenameArtist, _work: UnitOfWork) -> Result[Artist, DomainError]:
        return Ok(renaming.artist)

    transaction = Transaction(partial(Telling, renaming.store), renaming.publisher)
    result = await CommandBus({RenameArtist: handle}, [transaction]).dispatch(RenameArtist(renaming.artist.id, "After"))
    assert isinstance(result, Ok)
    assert (result.stored, asked) == (is_stored, [renaming.artist])
