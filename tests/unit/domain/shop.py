"""The command side of the music store over a store in memory, for tests that give commands and look at what became."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from domain import album, artist, customer, invoice, playlist, track
from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.kernel.batch import Batch, Batches, parts_validated
from domain.kernel.bus import CommandBus, EventBus, For
from domain.kernel.change import Change, at_expected_version
from domain.kernel.entity import Entity
from domain.kernel.errors import DomainError, ValidationFailed
from domain.kernel.handlers import one_each
from domain.kernel.messages import Command, Event
from domain.kernel.model import DomainModel
from domain.kernel.result import Err
from domain.kernel.specification import EVERYTHING, Specification
from domain.kernel.transaction import Transaction, validated
from domain.track.entity import Track
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork

R = TypeVar("R")
E = TypeVar("E", bound=Entity)
SLICES: Sequence[Any] = (artist, album, track, playlist, customer, invoice)
MODEL = DomainModel([entity for part in SLICES for entity in part.ENTITIES])
LONG_AGO = datetime(2009, 1, 1, tzinfo=UTC)
MOST_AT_ONCE = 10
UNIQUE = {"Customer": ["email"], "PlaylistEntry": ["playlist_id", "track_id"]}


class Shop:
    """A music store. `published` holds every event that left it, in order."""

    def __init__(self) -> None:
        self.store = InMemoryStore(MODEL, UNIQUE)
        self.published: list[Event] = []
        handlers: dict[Any, Any] = one_each(item for part in SLICES for item in part.COMMAND_HANDLERS.items())
        transaction = Transaction(partial(InMemoryUnitOfWork, self.store), EventBus({Event: [self._hear]}).publish)
        self.commands = CommandBus(
            handlers,
            [
                validated,
                For(Batch, parts_validated),
                transaction,
                For(Change, at_expected_version),
                For(Batch, Batches(MOST_AT_ONCE)),
            ],
        )

    async def _hear(self, event: Event) -> None:
        self.published.append(event)

    async def do(self, command: Command[R]) -> R:
        """Carry out a command that is expected to succeed."""
        return (await self.commands.dispatch(command)).unwrap()

    async def refusal(self, command: Command[Any]) -> DomainError:
        """Give a command that is expected to be refused, with an error that it declares, and without any effect."""
        before, heard = self.store.snapshot(), len(self.published)
        result = await self.commands.dispatch(command)
        assert isinstance(result, Err), f"{command} was carried out"
        assert isinstance(result.error, (ValidationFailed, *command.errors)), f"{result.error!r} is not declared"
        assert self.store.snapshot() == before
        assert len(self.published) == heard
        return result.error

    async def broken_rules(self, command: Command[Any]) -> set[tuple[str, str]]:
        """Give a command whose input breaks rules, and return the fields with their codes."""
        error = await self.refusal(command)
        assert isinstance(error, ValidationFailed)
        return {(violation.field, violation.code) for violation in error.violations}

    async def stock(self, *entities: E) -> tuple[E, ...]:
        """Put entities into the store as if they had always been there."""
        async with InMemoryUnitOfWork(self.store) as work:
            for entity in entities:
                await work.repository(type(entity)).add(entity)
            await work.commit()
        return entities

    async def find(self, entity: type[E], specification: Specification = EVERYTHING) -> Sequence[E]:
        """Return what is stored."""
        return await InMemoryUnitOfWork(self.store).repository(entity).find(specification)

    async def get(self, entity: type[E], id: UUID) -> E:
        """Return one entity that is stored."""
        found = await InMemoryUnitOfWork(self.store).repository(entity).get(id)
        assert found is not None
        return found


def an_artist(name: str = "Led Zeppelin") -> Artist:
    return Artist(name=name, created_at=LONG_AGO, updated_at=LONG_AGO)


def an_album(by: Artist, title: str = "Houses of the Holy") -> Album:
    released = date(1973, 3, 28)
    return Album(title=title, artist_id=by.id, released_on=released, created_at=LONG_AGO, updated_at=LONG_AGO)


def a_track(name: str = "The Rain Song", price: str = "0.99") -> Track:
    return Track(
        name=name,
        media_type="MPEG audio file",
        milliseconds=459_000,
        unit_price=Decimal(price),
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def a_customer(email: str = "ada@example.com") -> Customer:
    return Customer(first_name="Ada", last_name="Lovelace", email=email, created_at=LONG_AGO, updated_at=LONG_AGO)
