"""No event without its change, and no change without its event: whatever commands are given, on both databases."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from graphql_api.persistence.artist import artists
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.invoice import invoices
from graphql_api.persistence.metadata import METADATA
from graphql_api.persistence.outbox.tables import outbox
from graphql_api.schema.identity import encode_id
from graphql_api.settings import Settings
from tests.integration.api.doing import a_customer, a_track, carry_out
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

names = st.sampled_from(["", "A", "B", "x" * 121])
places = st.integers(0, 5)
commands = st.one_of(
    st.tuples(st.just("createArtist"), names),
    st.tuples(st.just("renameArtist"), places, names),
    st.tuples(st.just("purchaseTracks"), st.lists(places, max_size=3)),
    st.tuples(st.just("refundInvoice"), places),
)


class Shop:
    """Carries out commands on things that are there, and on some that are not."""

    def __init__(self, api: Api, of: Settings) -> None:
        self.api = api
        self.settings = of
        self.customer = a_customer(api, "ada@example.com")["id"]
        self.tracks = [a_track(api)["id"] for _ in range(4)]
        carry_out(api, "withdrawTrack", trackId=self.tracks[3])
        self.made: dict[str, list[str]] = {"artist": [], "invoice": []}

    def carry_out(self, name: str, *values: Any) -> None:
        match name, *values:
            case "createArtist", artist:
                self._make("artist", name, name=artist)
            case "renameArtist", place, artist:
                carry_out(self.api, name, artistId=self._thing("artist", place), name=artist)
            case "purchaseTracks", chosen:
                self._make("invoice", name, customerId=self.customer, trackIds=[self._track(one) for one in chosen])
            case _, place:
                carry_out(self.api, name, invoiceId=self._thing("invoice", place))

    def _make(self, kind: str, name: str, /, **values: Any) -> None:
        success = f"... on {name[0].upper()}{name[1:]}Success {{ {kind} {{ id }} }}"
        result = carry_out(self.api, name, success, **values)
        if kind in result:
            self.made[kind].append(result[kind]["id"])

    def _thing(self, kind: str, place: int) -> str:
        made = self.made[kind]
        return made[-1 - place] if place < len(made) else encode_id(kind.capitalize(), UUID(int=place))

    def _track(self, place: int) -> str:
        return self.tracks[place] if place < len(self.tracks) else encode_id("Track", UUID(int=place))

    async def accounts(self) -> tuple[dict[UUID, int], Counter[UUID], set[UUID]]:
        """Read the versions of artists and invoices, how many events each thing has, and everything that is there."""
        engine = create_engine(self.settings.database)
        try:
            async with engine.connect() as connection:
                found = [await connection.execute(select(each.c.id, each.c.version)) for each in (artists, invoices)]
                versions = {row.id: row.version for rows in found for row in rows}
                events = Counter(await connection.scalars(select(outbox.c.entity_id)))
                entities = [table for table in METADATA.sorted_tables if "version" in table.columns]
                there = {id for table in entities for id in await connection.scalars(select(table.c.id))}
        finally:
            await engine.dispose()
        return versions, events, there


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with new_database(request) as url, serving(settings_of(url)) as api:
        yield Shop(api, settings_of(url))


@settings(max_examples=40)
@given(given_commands=st.lists(commands, max_size=8))
def test_each_change_has_its_event_and_each_event_its_change(shop: Shop, given_commands: list[Any]) -> None:
    for command in given_commands:
        shop.carry_out(*command)
    versions, events, there = shop.api.run(shop.accounts())
    assert {id: events[id] for id in versions} == versions
    assert events.keys() <= there
