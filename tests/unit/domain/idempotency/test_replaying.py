"""Commands with a key, over a store in memory: carried out once, for each viewer, as long as the key is remembered."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from domain import idempotency
from domain.artist.commands import CreateArtist, handle_create_artist
from domain.idempotency.entity import IdempotencyRecord
from domain.idempotency.replaying import Idempotency
from domain.kernel.bus import CommandBus, Middleware
from domain.kernel.errors import IdempotencyKeyReused
from domain.kernel.model import DomainModel
from domain.kernel.outcome import keys_of
from domain.kernel.result import Err
from domain.kernel.transaction import Transaction
from domain.kernel.viewer import ANONYMOUS, Viewer
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import SLICES

MODEL = DomainModel([entity for part in (*SLICES, idempotency) for entity in part.ENTITIES])
KEPT = timedelta(hours=24)
ADA, BOB = Viewer(subject=UUID(int=1)), Viewer(subject=UUID(int=2))
CREATE = CreateArtist("Ada")


async def _heard(_events: object) -> None:
    """Take no note of events."""


@dataclass
class Shop:
    """A store of artists, and a clock that is set by hand."""

    store: InMemoryStore = field(default_factory=lambda: InMemoryStore(MODEL))
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    async def create(
        self, key: str | None, viewer: Viewer = ANONYMOUS, command: CreateArtist = CREATE, fails: bool = False
    ) -> Any:
        """Create an artist, or fail after that."""

        async def handle(command: CreateArtist, work: Any) -> Any:
            result = await handle_create_artist(command, work)
            return Err(IdempotencyKeyReused("x")) if fails else result

        transaction = Transaction(partial(InMemoryUnitOfWork, self.store), _heard)
        pipeline: list[Middleware] = [transaction, Idempotency(KEPT, lambda: self.now)]
        return await CommandBus({CreateArtist: handle}, pipeline).dispatch(command, viewer, key)

    @property
    def artists(self) -> set[UUID]:
        return set(self.store.snapshot()["Artist"])


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_repetition_names_what_the_first_one_made_and_makes_nothing(shop: Shop) -> None:
    first = (await shop.create("k")).unwrap()
    again = (await shop.create("k")).unwrap()
    assert shop.artists == {first.id}
    assert keys_of(again) == keys_of(first)


async def test_without_a_key_nothing_is_remembered(shop: Shop) -> None:
    await shop.create(None)
    await shop.create(None)
    assert len(shop.artists) == 2
    assert shop.store.snapshot()[IdempotencyRecord.__name__] == {}


async def test_a_key_belongs_to_its_viewer(shop: Shop) -> None:
    for viewer in (ADA, BOB, Viewer(frozenset({"staff"})), ANONYMOUS, ADA, BOB):
        assert (await shop.create("k", viewer)).unwrap()
    assert len(shop.artists) == 4


async def test_a_key_is_for_one_input(shop: Shop) -> None:
    await shop.create("k")
    refused = await shop.create("k", command=CreateArtist("Bob"))
    assert isinstance(refused, Err)
    assert isinstance(refused.error, IdempotencyKeyReused)
    assert len(shop.artists) == 1


async def test_a_failure_leaves_the_key_to_be_used_again_with_any_input(shop: Shop) -> None:
    assert isinstance(await shop.create("k", fails=True), Err)
    assert shop.artists == set()
    made = (await shop.create("k", command=CreateArtist("Bob"))).unwrap()
    assert shop.artists == {made.id}


async def test_a_key_is_forgotten_when_its_time_has_passed(shop: Shop) -> None:
    await shop.create("k")
    shop.now += KEPT - timedelta(microseconds=1)
    await shop.create("k")
    assert len(shop.artists) == 1
    shop.now += timedelta(microseconds=1)
    await shop.create("k", command=CreateArtist("Bob"))
    assert len(shop.artists) == 2


async def test_nothing_of_a_key_or_a_command_is_stored_that_could_be_read(shop: Shop) -> None:
    await shop.create("secret-key", ADA, CreateArtist("secret-name"))
    (record,) = shop.store.snapshot()[IdempotencyRecord.__name__].values()
    assert "secret" not in repr(record)
    assert str(ADA.subject) not in repr(record)
