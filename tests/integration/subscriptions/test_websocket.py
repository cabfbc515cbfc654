"""Subscriptions over graphql-transport-ws."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from domain.kernel.viewer import ANONYMOUS, Viewer
from domain.track.events import TrackUpdated
from graphql_api.http.authentication import StaticKeys
from graphql_api.schema.identity import decode_id
from graphql_api.settings import DatabaseSettings, HttpSettings
from tests.support.api import STAFF
from tests.support.events import PATIENCE, store
from tests.support.live import Live, Socket, live

CREATE = """mutation($name: String!, $price: Decimal! = "1") {
  createTrack(input: { name: $name, mediaType: "MPEG", milliseconds: 1000, unitPrice: $price }) {
    ... on CreateTrackSuccess { track { id } } } }"""
TRACKS = "subscription($where: TrackFilter) { trackChanged(where: $where) { event eventId track { name } } }"
ALL_TRACKS = "subscription($after: ID) { trackChanged(after: $after) { event eventId track { name } } }"
PLAYLIST = "subscription($id: ID!) { playlistChanged(id: $id) { event playlist { name } } }"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def track(server: Live, name: str, price: str = "1") -> str:
    data = await server.post(CREATE, name=name, price=price)
    id: str = data["createTrack"]["track"]["id"]
    return id


async def withdraw(server: Live, id: str) -> None:
    await server.post("mutation($id: ID!) { withdrawTrack(input: { trackId: $id }) { __typename } }", id=id)


async def playlist(server: Live) -> str:
    make = 'mutation { createPlaylist(input: { name: "a" }) { ... on CreatePlaylistSuccess { playlist { id } } } }'
    id: str = (await server.post(make))["createPlaylist"]["playlist"]["id"]
    return id


async def customer(server: Live) -> str:
    make = """mutation($email: String!) { registerCustomer(input: { firstName: "A", lastName: "B", email: $email }) {
      ... on RegisterCustomerSuccess { customer { id } } } }"""
    id: str = (await server.post(make, email=f"{uuid4()}@b.cd"))["registerCustomer"]["customer"]["id"]
    return id


def told(message: Any) -> tuple[str, str, str]:
    change = message["payload"]["data"]["trackChanged"]
    return message["id"], change["event"], change["track"]["name"]


def code(message: Any) -> tuple[str, str]:
    assert message["type"] == "error"
    return message["id"], message["payload"][0]["extensions"]["code"]


async def test_each_subscription_hears_of_what_satisfies_its_filter(server: Live) -> None:
    async with server.socket() as socket:
        await socket.follow("dear", TRACKS, where={"unitPrice": {"gt": "5"}})
        await socket.follow("related", TRACKS, where={"not": {"album": {"title": {"eq": "x"}}}, "name": {"eq": "b"}})
        await track(server, "a", "1")
        await track(server, "b", "6")
        heard = {told(await socket.receive()), told(await socket.receive())}
        assert heard == {("dear", "TrackCreated", "b"), ("related", "TrackCreated", "b")}
        await socket.leave("dear")
        await track(server, "c", "7")
        await track(server, "b", "7")
        assert told(await socket.receive()) == ("related", "TrackCreated", "b")


async def test_what_was_committed_before_a_subscription_began_is_not_told(server: Live) -> None:
    async with server.socket() as socket:
        for number in range(5):
            await track(server, f"before {number}")
            await socket.follow(str(number), ALL_TRACKS)
            await track(server, f"after {number}")
            assert told(await socket.receive()) == (str(number), "TrackCreated", f"after {number}")
            await socket.leave(str(number))


async def test_what_a_viewer_may_not_see_is_not_told(database: DatabaseSettings) -> None:
    keys = StaticKeys({"0123456789abcdef": ANONYMOUS}, without_key=STAFF)
    async with live(database, keys) as server:
        hidden = await track(server, "a")
        async with server.socket({"authorization": "Bearer 0123456789abcdef"}) as socket:
            await withdraw(server, hidden)
            await socket.follow("1", TRACKS)
            await server.post(
                'mutation($id: ID!) { updateTrack(input: { trackId: $id, name: "z" }) { __typename } }', id=hidden
            )
            await track(server, "b")
            assert told(await socket.receive()) == ("1", "TrackCreated", "b")


async def test_an_invoice_is_told_of_to_the_one_who_paid(server: Live, database: DatabaseSettings) -> None:
    paid = "subscription { invoicePaid { event invoice { total lines { totalCount } } } }"
    payer, song = await customer(server), await track(server, "a", "2")
    subject = decode_id(payer).id
    keys = {"key-of-the-customer": Viewer(subject=subject), "key-of-another-one": Viewer(subject=UUID(int=1))}
    own, other = ({"headers": {"Authorization": f"Bearer {key}"}} for key in keys)
    async with (
        live(database, StaticKeys(keys, without_key=STAFF)) as shop,
        shop.socket(own) as one,
        shop.socket(other) as another,
    ):
        for socket in (one, another):
            await socket.follow("1", paid)
        await another.follow("2", TRACKS)
        await shop.post(
            "mutation($customer: ID!, $track: ID!) "
            "{ purchaseTracks(input: { customerId: $customer, trackIds: [$track] }) { __typename } }",
            customer=payer,
            track=song,
        )
        change = (await one.receive())["payload"]["data"]["invoicePaid"]
        assert change == {"event": "InvoicePaid", "invoice": {"total": "2.00", "lines": {"totalCount": 1}}}
        await track(shop, "b")
        assert told(await another.receive()) == ("2", "TrackCreated", "b")


async def test_a_playlist_is_followed_until_it_is_gone(server: Live) -> None:
    rename = 'mutation($id: ID!) { renamePlaylist(input: { playlistId: $id, name: "b" }) { __typename } }'
    async with server.socket() as socket:
        mine, other = await playlist(server), await playlist(server)
        await socket.follow("1", PLAYLIST, id=mine)
        await server.post(rename, id=other)
        await server.post(rename, id=mine)
        assert (await socket.receive())["payload"]["data"]["playlistChanged"] == {
            "event": "PlaylistRenamed",
            "playlist": {"name": "b"},
        }
        await server.post("mutation($id: ID!) { deletePlaylist(input: { playlistId: $id }) { __typename } }", id=mine)
        assert (await socket.receive())["payload"]["data"]["playlistChanged"] == {
            "event": "PlaylistDeleted",
            "playlist": None,
        }
        assert await socket.receive() == {"type": "complete", "id": "1"}
        await socket.subscribe("2", PLAYLIST, id=mine)
        assert code(await socket.receive()) == ("2", "NOT_FOUND")


async def test_one_who_comes_back_goes_on_after_the_last_event(server: Live) -> None:
    async with server.socket() as socket:
        await socket.follow("1", ALL_TRACKS)
        await track(server, "a")
        last = (await socket.receive())["payload"]["data"]["trackChanged"]["eventId"]
    await track(server, "b")
    await track(server, "c")
    async with server.socket() as socket:
        await socket.subscribe("1", ALL_TRACKS, after=last)
        assert [told(await socket.receive())[2] for _ in range(2)] == ["b", "c"]
        await socket.subscribe("2", ALL_TRACKS, after=str(UUID(int=9)))
        assert code(await socket.receive()) == ("2", "EVENT_FORGOTTEN")
        await socket.subscribe("3", ALL_TRACKS, after="x")
        assert code(await socket.receive()) == ("3", "BAD_USER_INPUT")


async def test_queries_mutations_and_errors_over_the_socket(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"max_per_connection": 2}) as server, server.socket() as socket:
        await socket.subscribe("q", "{ __typename }")
        assert (await socket.receive())["payload"] == {"data": {"__typename": "Query"}}
        assert await socket.receive() == {"type": "complete", "id": "q"}
        await socket.subscribe("bad", "subscription { nothing }")
        assert code(await socket.receive()) == ("bad", "GRAPHQL_VALIDATION_FAILED")
        await socket.subscribe("where", TRACKS, where={})
        assert code(await socket.receive()) == ("where", "BAD_USER_INPUT")
        for number in range(3):
            await socket.subscribe(str(number), TRACKS)
        assert code(await socket.receive()) == ("2", "TOO_MANY_OPERATIONS")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("messages", "closed"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}], 4401),
        ([{"type": "nonsense"}], 4400),
        ([["a list"]], 4400),
        ([{"type": "connection_init", "payload": []}], 4400),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "", "payload": {"query": "{ a }"}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {}}], 4400),
        ([{"type": "connection_init"}, *[{"type": "subscribe", "id": "1", "payload": {"query": TRACKS}}] * 2], 4409),
        ([{"type": "connection_init", "payload": {"authorization": "Bearer wrong"}}], 4401),
        ([{"type": "connection_init", "payload": {"authorization": 1}}], 4400),
    ],
    ids=str,
)
async def test_what_breaks_the_protocol_ends_the_connection_with_its_code(
    server: Live, messages: list[Any], closed: int
) -> None:
    async with server.raw() as socket:
        for message in messages:
            await socket.client.send(json.dumps(message))
        assert await socket.closed() == closed


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_who_never_initialises_a_connection_loses_it(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"init_timeout": 0.1}) as server, server.raw() as socket:
        assert await socket.closed() == 4408


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_strangers_are_kept_out(database: DatabaseSettings) -> None:
    http = HttpSettings(cors_origins=("https://shop.example",), max_body_bytes=1_000)
    async with live(database, http=http) as server:
        for origin in ("https://evil.example", "null"):
            with pytest.raises(InvalidStatus) as refused:
                async with server.raw(origin=origin):
                    pass
            assert refused.value.response.status_code == 403
        for origin in ("https://shop.example", f"http://127.0.0.1:{server.port}"):
            async with server.socket(origin=origin):
                pass
        async with server.raw(protocol=None) as socket:
            assert await socket.closed() == 4406
        async with server.socket() as socket:
            await socket.subscribe("1", "#" * 2_000)
            assert await socket.closed() == 1009


async def the_rest(socket: Socket) -> list[Any]:
    """Read until the server ends the connection."""
    messages = []
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionClosed):
            while True:
                messages.append(json.loads(await socket.client.recv()))
    return messages


async def test_one_who_falls_behind_is_told_so_and_comes_back(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"buffer": 5}) as server:
        id = await track(server, "a")
        async with server.socket() as socket:
            await socket.follow("1", ALL_TRACKS)
            updates = (TrackUpdated(entity_id=decode_id(id).id) for _ in range(20))
            await store(server.application.engine, *updates)
            messages = await the_rest(socket)
            assert socket.client.close_code == 1013
        *heard, last = messages
        assert code(last) == ("1", "FELL_BEHIND")
        assert len(heard) >= 5
        async with server.socket() as socket:
            await socket.subscribe("1", ALL_TRACKS, after=heard[-1]["payload"]["data"]["trackChanged"]["eventId"])
            for _ in range(20 - len(heard)):
                assert told(await socket.receive()) == ("1", "TrackUpdated", "a")
