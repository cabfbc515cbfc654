"""What others hear of a command: after its changes are stored, in their order, and nothing of one that failed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest.mock import patch

import pytest
from sqlalchemy import text

from domain.kernel.messages import Event
from graphql_api import bootstrap
from graphql_api.persistence.engine import create_engine
from graphql_api.settings import Settings
from tests.integration.api.doing import a_customer, a_track, carry_out, done
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.events import all_sent


@dataclass
class Listener:
    """Hears every event, and looks how many artists everybody else can see at that moment."""

    settings: Settings
    heard: list[Event] = field(default_factory=list)
    artists: list[int] = field(default_factory=list)

    async def hear(self, event: Event) -> None:
        self.heard.append(event)
        engine = create_engine(self.settings.database)
        try:
            async with engine.connect() as connection:
                self.artists.append(await connection.scalar(text("SELECT count(*) FROM artists")) or 0)
        finally:
            await engine.dispose()

    def names(self, api: Api) -> list[str]:
        """Give the kinds of what was heard since the last time, once nothing more is on its way."""
        api.run(all_sent(self.settings.database))
        names = [type(event).__name__ for event in self.heard]
        self.heard.clear()
        return names


@pytest.fixture(scope="module", params=DATABASES)
def heard(request: pytest.FixtureRequest) -> Iterator[tuple[Api, Listener]]:
    with new_database(request) as url:
        settings = settings_of(url)
        listener = Listener(settings)
        with patch.object(bootstrap, "EVENT_HANDLERS", {Event: [listener.hear]}), serving(settings) as api:
            yield api, listener


def test_events_are_published_once_everybody_can_see_what_happened(heard: tuple[Api, Listener]) -> None:
    api, listener = heard
    listener.names(api)
    before = api.data("{ artists { totalCount } }")["artists"]["totalCount"]
    artist = done(api, "createArtist", name="A")["id"]
    assert listener.names(api) == ["ArtistCreated"]
    assert listener.artists[-1] == before + 1
    done(api, "renameArtist", artistId=artist, name="B")
    done(api, "renameArtist", artistId=artist, name="B")
    assert listener.names(api) == ["ArtistRenamed"]


def test_a_command_that_fails_is_heard_of_by_nobody(heard: tuple[Api, Listener]) -> None:
    api, listener = heard
    listener.names(api)
    customer, track = a_customer(api, "ada@example.com")["id"], a_track(api)["id"]
    done(api, "withdrawTrack", trackId=track)
    assert listener.names(api) == ["CustomerRegistered", "TrackCreated", "TrackWithdrawn"]
    carry_out(api, "createArtist", name="")
    carry_out(api, "registerCustomer", firstName="A", lastName="B", email="ada@example.com")
    carry_out(api, "purchaseTracks", customerId=customer, trackIds=[track])
    assert listener.names(api) == []


def test_the_events_of_one_command_are_heard_in_their_order(heard: tuple[Api, Listener]) -> None:
    api, listener = heard
    track = a_track(api, unitPrice="1")["id"]
    listener.names(api)
    done(api, "updateTrack", trackId=track, name="Other", unitPrice="2")
    api.run(all_sent(listener.settings.database))
    (updated, priced) = listener.heard
    assert listener.names(api) == ["TrackUpdated", "TrackPriceChanged"]
    assert updated.entity_id == priced.entity_id
    assert updated.event_id < priced.event_id
