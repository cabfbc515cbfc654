"""The log of commands, over a store in memory."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from domain import command_log
from domain.artist.commands import CreateArtist, handle_create_artist
from domain.command_log.entity import CommandLogEntry
from domain.kernel.bus import CommandBus, HandlerFailedError, Middleware
from domain.kernel.errors import NotFound, Unavailable
from domain.kernel.model import DomainModel
from domain.kernel.result import Err
from domain.kernel.transaction import Transaction
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.middleware.audit import Audit
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import SLICES

MODEL = DomainModel([entity for part in (*SLICES, command_log) for entity in part.ENTITIES])
ADA = Viewer(frozenset({STAFF}), subject=UUID(int=1))
CREATE = CreateArtist("secret name")


async def _heard(_events: object) -> None:
    """Take no note of events."""


class Shop:
    """A store of artists whose commands end as they are told."""

    def __init__(self) -> None:
        self.store = InMemoryStore(MODEL)

    async def create(self, viewer: Viewer = ADA, end: Exception | Err[Any] | None = None) -> Any:
        async def handle(command: CreateArtist, work: Any) -> Any:
            result = await handle_create_artist(command, work)
            if isinstance(end, Exception):
                raise end
            return end or result

        unit_of_work = partial(InMemoryUnitOfWork, self.store)
        audit = Audit(unit_of_work, timedelta(days=90))
        pipeline: list[Middleware] = [audit.failed, Transaction(unit_of_work, _heard), audit.succeeded]
        return await CommandBus({CreateArtist: handle}, pipeline).dispatch(CREATE, viewer)

    @property
    def entries(self) -> list[Mapping[str, Any]]:
        return list(self.store.snapshot()[CommandLogEntry.__name__].values())

    @property
    def artists(self) -> set[UUID]:
        return set(self.store.snapshot()["Artist"])


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_success_is_noted_with_who_what_and_about_which_thing(shop: Shop) -> None:
    made = (await shop.create()).unwrap()
    (entry,) = shop.entries
    assert (entry["command"], entry["outcome"], entry["subject"]) == ("CreateArtist", "OK", str(ADA.subject))
    assert (entry["roles"], entry["things"], entry["thing_kind"], entry["thing_id"]) == (STAFF, 1, "Artist", made.id)


@pytest.mark.parametrize("raised", [True, False])
async def test_a_failure_is_noted_though_its_change_is_not_stored(shop: Shop, raised: bool) -> None:
    error = NotFound("Artist", [UUID(int=9)])
    await shop.create(end=error if raised else Err(error))
    assert [entry["outcome"] for entry in shop.entries] == ["NOT_FOUND"]
    assert shop.artists == set()


async def test_what_nobody_expected_is_noted_without_its_text(shop: Shop) -> None:
    with pytest.raises(HandlerFailedError):
        await shop.create(end=RuntimeError("secret cause"))
    assert [entry["outcome"] for entry in shop.entries] == ["FAILED"]
    assert "secret" not in repr(shop.entries)


async def test_nothing_of_the_input_is_noted(shop: Shop) -> None:
    await shop.create()
    assert "secret" not in repr(shop.entries)


async def test_no_command_fails_for_how_a_role_is_written(shop: Shop) -> None:
    await shop.create(Viewer(frozenset({"st\0aff", "\ud800"})))
    assert [entry["roles"] for entry in shop.entries] == ["st?aff ?"]


async def test_strangers_cannot_fill_the_log_with_failures(shop: Shop) -> None:
    await shop.create(ANONYMOUS, Err(NotFound("Artist", [UUID(int=9)])))
    assert shop.entries == []
    await shop.create(ANONYMOUS)
    assert [entry["outcome"] for entry in shop.entries] == ["OK"]


async def test_a_store_that_is_away_is_not_asked_to_note_it(shop: Shop) -> None:
    await shop.create(end=Unavailable("database"))
    assert shop.entries == []
