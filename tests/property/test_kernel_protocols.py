"""An object with all members of a Protocol is an instance of it, and one that lacks any is not (property 1)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.artist.commands import CreateArtist, handle_create_artist
from domain.kernel import messages
from domain.kernel.identity import new_id
from domain.kernel.protocols import (
    AsyncRepository,
    CacheProvider,
    Command,
    CommandHandler,
    EventHandler,
    Identifiable,
    Query,
    QueryHandler,
    SoftDeletable,
    Timestamped,
)
from domain.kernel.selection import Selection
from domain.playlist.entity import Playlist
from domain.track.entity import Track
from domain.track.queries import GetTrack
from tests.support.memory import InMemoryStore, InMemoryUnitOfWork
from tests.unit.domain.shop import MODEL

NOW = datetime(2024, 2, 29, tzinfo=UTC)


async def method(self: object, *_: object) -> None:
    """Do nothing."""


PROTOCOLS: Mapping[type, Mapping[str, Any]] = {
    Identifiable: {"id": UUID(int=1)},
    Timestamped: {"created_at": NOW, "updated_at": NOW},
    SoftDeletable: {"deleted_at": None},
    AsyncRepository: dict.fromkeys(["add", "get", "find", "count", "remove"], method),
    CacheProvider: dict.fromkeys(["get", "set", "delete", "clear"], method),
    EventHandler: {"__call__": method},
    Command: {"execute": method},
    Query: {"execute": method},
    CommandHandler: {"__call__": method},
    QueryHandler: {"__call__": method},
}
MEMBERS = {name: value for members in PROTOCOLS.values() for name, value in members.items()}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda one: one.__name__)
@given(st.data())
def test_an_object_is_an_instance_exactly_if_it_has_all_members(protocol: type, data: st.DataObject) -> None:
    needed = PROTOCOLS[protocol]
    others = data.draw(st.sets(st.sampled_from(sorted({*MEMBERS, "unrelated"} - {*needed}))))
    present = data.draw(st.sets(st.sampled_from(sorted(needed))) | st.just(set(needed)))
    members = {name: needed.get(name, MEMBERS.get(name)) for name in {*others, *present}}

    of_class = type("Duck", (), members)()
    assert isinstance(of_class, protocol) is (present == set(needed))


@pytest.mark.parametrize("protocol", [Identifiable, Timestamped, SoftDeletable])
def test_members_may_be_set_on_the_object_itself(protocol: type) -> None:
    class Empty:
        pass

    thing = Empty()
    assert not isinstance(thing, protocol)
    for name, value in PROTOCOLS[protocol].items():
        setattr(thing, name, value)
    assert isinstance(thing, protocol)


def test_entities_have_what_the_kernel_relies_on() -> None:
    track = Track(name="One", media_type="MPEG", milliseconds=1, unit_price=Decimal(1))
    playlist = Playlist(name="Sunday Morning")

    assert isinstance(track, Identifiable)
    assert isinstance(track, Timestamped)
    assert not isinstance(track, SoftDeletable)
    assert isinstance(playlist, SoftDeletable)


def test_messages_handlers_and_repositories_fit_without_inheriting() -> None:
    work = InMemoryUnitOfWork(InMemoryStore(MODEL))

    assert isinstance(CreateArtist("Led Zeppelin"), Command)
    assert isinstance(GetTrack(new_id(), Selection()), Query)
    assert isinstance(handle_create_artist, CommandHandler)
    assert isinstance(work.repository(Track), AsyncRepository)
    assert not isinstance(messages.Event(entity_id=new_id()), Command)
