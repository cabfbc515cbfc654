"""Keys that are good for a while: what they began ends with them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.datastructures import Headers

from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.http.authentication import StaticKeys
from graphql_api.settings import DatabaseSettings
from tests.integration.subscriptions.test_websocket import ALL_TRACKS, the_rest, told, track
from tests.support.api import STAFF
from tests.support.live import live

KEY = "0123456789abcdef"
BEARER = f"Bearer {KEY}"

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Tokens:
    """Know a key for as long as somebody has it."""

    headers: Sequence[str] = ("authorization",)

    def __init__(self) -> None:
        self.known: dict[str, Viewer] = {KEY: STAFF}

    async def authenticate(self, headers: Headers) -> Viewer:
        return await StaticKeys(self.known, without_key=STAFF).authenticate(headers)


def close_of(socket: Any) -> tuple[int, str]:
    return socket.client.close_code, socket.client.close_reason


@pytest.mark.parametrize("after", [{}, {KEY: ANONYMOUS}], ids=["expired", "another viewer"])
async def test_a_socket_is_closed_before_it_tells_what_happened_once_its_key_was_over(
    database: DatabaseSettings, after: dict[str, Viewer]
) -> None:
    tokens = Tokens()
    async with live(database, tokens) as server, server.socket({"authorization": BEARER}) as socket:
        await socket.follow("1", ALL_TRACKS)
        await track(server, "a")
        last = await socket.receive()
        assert told(last) == ("1", "TrackCreated", "a")
        tokens.known = after
        await track(server, "b")
        assert await the_rest(socket) == []
        code, reason = close_of(socket)
        assert (code, reason[:10]) == (4403, "Forbidden:")
        tokens.known = {KEY: STAFF}
        async with server.socket({"authorization": BEARER}) as again:
            await again.subscribe("1", ALL_TRACKS, after=last["payload"]["data"]["trackChanged"]["eventId"])
            assert told(await again.receive()) == ("1", "TrackCreated", "b")


async def test_an_event_stream_says_that_its_key_is_over_and_ends(database: DatabaseSettings) -> None:
    tokens = Tokens()
    async with live(database, tokens) as server, server.events(ALL_TRACKS, {"authorization": BEARER}) as events:
        await track(server, "a")
        assert (await anext(events))["event"] == "next"
        tokens.known = {}
        await track(server, "b")
        last, end = [event async for event in events]
        (error,) = json.loads(last["data"])["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert end["event"] == "complete"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_is_asked_over_a_socket_whose_key_is_over_closes_it(database: DatabaseSettings) -> None:
    tokens = Tokens()
    async with live(database, tokens) as server, server.socket({"authorization": BEARER}) as socket:
        tokens.known = {}
        await socket.subscribe("1", "{ __typename }")
        assert await the_rest(socket) == []
        assert close_of(socket) == (
            4403,
            "Forbidden: This server does not know the key: check it, or ask its operator for one.",
        )
