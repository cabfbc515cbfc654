"""Subscriptions over graphql-transport-ws."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
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

pytestmark = pytest.mark.usefixtures("engine")


async def track(server: Live, name: str, price: str = "1") -> str:
    data = await server.post(CREATE, name=name, price=price)
    id: str = data["createTrack"]["track"]["id"]
    return id


async def withdraw(server: Live, id: str) -> None:
    await server.post("mutation($id: ID!) { withdrawTrack(input: { trackId: $id }) { __typename } }", id=id)


def told(message: Any) -> tuple[str, str, str]:
    change = message["payload"]["data"]["trackChanged"]
    return message["id"], change["event"], change["track"]["name"]


async def test_each_subscription_hears_of_what_satisfies_its_filter(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with live(database) as server, server.socket() as socket:
        await socket.subscribe("dear", TRACKS, where={"unitPrice": {"gt": "5"}})
        await socket.subscribe("related", TRACKS, where={"not": {"album": {"title": {"eq": "x"}}}, "name": {"eq": "b"}})
        await asyncio.sleep(0.2)
        await track(server, "a", "1")
        await track(server, "b", "6")
        heard = {told(await socket.receive()), told(await socket.receive())}
        assert heard == {("dear", "TrackCreated", "b"), ("related", "TrackCreated", "b")}
        await socket.send(type="complete", id="dear")
        await track(server, "c", "7")
        await track(server, "b", "7")
        assert told(await socket.receive()) == ("related", "TrackCreated", "b")


async def test_what_a_viewer_may_not_see_is_not_told(engine: AsyncEngine, database: DatabaseSettings) -> None:
    keys = StaticKeys({"0123456789abcdef": ANONYMOUS}, without_key=STAFF)
    async with live(database, keys) as server:
        hidden = await track(server, "a")
        async with server.socket({"authorization": "Bearer 0123456789abcdef"}) as socket:
            await withdraw(server, hidden)
            await asyncio.sleep(0.2)
            await socket.subscribe("1", TRACKS)
            await asyncio.sleep(0.2)
            await server.post(
                'mutation($id: ID!) { updateTrack(input: { trackId: $id, name: "z" }) { __typename } }', id=hidden
            )
            await track(server, "b")
            assert told(await socket.receive()) == ("1", "TrackCreated", "b")


async def test_an_invoice_is_told_of_to_the_one_who_paid(engine: AsyncEngine, database: DatabaseSettings) -> None:
    paid = "subscription { invoicePaid { event invoice { total lines { totalCount } } } }"
    async with live(database) as server:
        customer = (
            await server.post(
                'mutation { registerCustomer(input: { firstName: "A", lastName: "B", email: "a@b.cd" }) '
                "{ ... on RegisterCustomerSuccess { customer { id } } } }"
            )
        )["registerCustomer"]["customer"]["id"]
        song = await track(server, "a", "2")
    subject = decode_id(customer).id
    keys = {"key-of-the-customer": Viewer(subject=subject), "key-of-another-one": Viewer(subject=UUID(int=1))}
    async with live(database, StaticKeys(keys, without_key=STAFF)) as server:
        own, other = ({"headers": {"Authorization": f"Bearer {key}"}} for key in keys)
        async with server.socket(own) as one, server.socket(other) as another:
            for socket in (one, another):
                await socket.subscribe("1", paid)
            await another.subscribe("2", TRACKS)
            await asyncio.sleep(0.2)
            await server.post(
                "mutation($customer: ID!, $track: ID!) "
                "{ purchaseTracks(input: { customerId: $customer, trackIds: [$track] }) { __typename } }",
                customer=customer,
                track=song,
            )
            change = (await one.receive())["payload"]["data"]["invoicePaid"]
            assert change == {"event": "InvoicePaid", "invoice": {"total": "2.00", "lines": {"totalCount": 1}}}
            await track(server, "b")
            assert told(await another.receive()) == ("2", "TrackCreated", "b")


async def test_a_playlist_is_followed_until_it_is_gone(engine: AsyncEngine, database: DatabaseSettings) -> None:
    document = "subscription($id: ID!) { playlistChanged(id: $id) { event playlist { name } } }"
    make = 'mutation { createPlaylist(input: { name: "a" }) { ... on CreatePlaylistSuccess { playlist { id } } } }'
    rename = 'mutation($id: ID!) { renamePlaylist(input: { playlistId: $id, name: "b" }) { __typename } }'
    async with live(database) as server, server.socket() as socket:
        mine, other = [(await server.post(make))["createPlaylist"]["playlist"]["id"] for _ in range(2)]
        await socket.subscribe("1", document, id=mine)
        await asyncio.sleep(0.2)
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
        await socket.subscribe("2", document, id=mine)
        failed = await socket.receive()
        assert (failed["type"], failed["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_one_who_comes_back_goes_on_after_the_last_event(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with live(database) as server:
        async with server.socket() as socket:
            await socket.subscribe("1", ALL_TRACKS)
            await asyncio.sleep(0.2)
            await track(server, "a")
            last = (await socket.receive())["payload"]["data"]["trackChanged"]["eventId"]
        await track(server, "b")
        await track(server, "c")
        async with server.socket() as socket:
            await socket.subscribe("1", ALL_TRACKS, after=last)
            assert [told(await socket.receive())[2] for _ in range(2)] == ["b", "c"]
            await socket.subscribe("2", ALL_TRACKS, after=str(UUID(int=9)))
            assert (await socket.receive())["payload"][0]["extensions"]["code"] == "EVENT_FORGOTTEN"
            await socket.subscribe("3", ALL_TRACKS, after="x")
            assert (await socket.receive())["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_queries_mutations_and_errors_over_the_socket(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"max_per_connection": 2}) as server, server.socket() as socket:
        await socket.subscribe("q", "{ tracks { totalCount } }")
        assert (await socket.receive())["payload"] == {"data": {"tracks": {"totalCount": 0}}}
        assert await socket.receive() == {"type": "complete", "id": "q"}
        await socket.subscribe("bad", "subscription { nothing }")
        failed = await socket.receive()
        assert (failed["type"], failed["payload"][0]["extensions"]["code"]) == ("error", "GRAPHQL_VALIDATION_FAILED")
        await socket.subscribe("where", TRACKS, where={})
        failed = await socket.receive()
        assert (failed["type"], failed["payload"][0]["extensions"]["code"]) == ("error", "BAD_USER_INPUT")
        for number in range(3):
            await socket.subscribe(str(number), TRACKS)
        failed = await socket.receive()
        assert (failed["id"], failed["payload"][0]["extensions"]["code"]) == ("2", "TOO_MANY_OPERATIONS")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("messages", "code"),
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
        ([], 4408),
    ],
    ids=str,
)
async def test_what_breaks_the_protocol_ends_the_connection_with_its_code(
    engine: AsyncEngine, database: DatabaseSettings, messages: list[Any], code: int
) -> None:
    async with live(database, subscriptions={"init_timeout": 0.5}) as server, server.raw() as socket:
        for message in messages:
            await socket.client.send(json.dumps(message))
        assert await socket.closed() == code


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_strangers_are_kept_out(engine: AsyncEngine, database: DatabaseSettings) -> None:
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


async def test_one_who_falls_behind_is_told_so_and_comes_back(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"buffer": 5}) as server:
        id = await track(server, "a")
        async with server.socket() as socket:
            await socket.subscribe("1", ALL_TRACKS)
            await asyncio.sleep(0.3)
            await store(engine, *(TrackUpdated(entity_id=decode_id(id).id) for _ in range(20)))
            messages = await the_rest(socket)
            assert socket.client.close_code == 1013
        *heard, last = [message["payload"] for message in messages]
        assert last[0]["extensions"]["code"] == "FELL_BEHIND"
        assert len(heard) >= 5
        async with server.socket() as socket:
            await socket.subscribe("1", ALL_TRACKS, after=heard[-1]["data"]["trackChanged"]["eventId"])
            for _ in range(20 - len(heard)):
                assert told(await socket.receive()) == ("1", "TrackUpdated", "a")
