"""Subscriptions as server-sent events."""

import asyncio
import json
from typing import Any

import pytest

from graphql_api.settings import DatabaseSettings
from tests.integration.subscriptions.test_websocket import ALL_TRACKS, track
from tests.support.events import PATIENCE, until
from tests.support.live import Live, live

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIRST = "subscription { trackChanged(first: 2) { track { name } } }"


def name(event: Any) -> str:
    found: str = json.loads(event["data"])["data"]["trackChanged"]["track"]["name"]
    return found


async def test_what_happens_after_the_answer_began_is_told_with_ids_to_go_on_from(server: Live) -> None:
    async with server.events(ALL_TRACKS) as events:
        await track(server, "a")
        first = await anext(events)
        assert (first["event"], name(first)) == ("next", "a")
    await track(server, "b")
    async with server.events(ALL_TRACKS, {"last-event-id": first["id"]}) as events:
        assert name(await anext(events)) == "b"
        await track(server, "c")
        assert name(await anext(events)) == "c"


async def test_what_was_committed_before_the_answer_began_is_not_told(server: Live) -> None:
    for number in range(5):
        await track(server, f"before {number}")
        async with server.events(ALL_TRACKS) as events:
            await track(server, f"after {number}")
            assert name(await anext(events)) == f"after {number}"


async def test_a_stream_that_ends_says_so(server: Live) -> None:
    async with server.events(FIRST) as events:
        for each in "abc":
            await track(server, each)
        assert [(event["event"], event["data"][:20]) async for event in events] == [
            ("next", '{"data":{"trackChang'),
            ("next", '{"data":{"trackChang'),
            ("complete", ""),
        ]


async def test_a_query_comes_as_a_stream_only_where_that_is_preferred(server: Live) -> None:
    query = "{ __typename }"
    async with server.events(query) as events:
        assert [event["event"] async for event in events] == ["next", "complete"]
    everything = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    reply = await server.client.post(server.url, json={"query": query}, headers={"accept": everything})
    assert reply.json() == {"data": {"__typename": "Query"}}
    refused = await server.client.post(server.url, json={"query": FIRST})
    assert "text/event-stream" in refused.json()["errors"][0]["message"]
    only = {"accept": "text/event-stream"}
    assert (await server.client.post(server.url, json={"query": "{ x }"}, headers=only)).status_code == 400
    wrong = {**only, "last-event-id": "x"}
    assert (await server.client.post(server.url, json={"query": FIRST}, headers=wrong)).status_code == 400
    by_get = await server.client.get(server.url, params={"query": "mutation { __typename }"}, headers=only)
    assert by_get.status_code == 405


async def test_a_client_that_leaves_is_forgotten_and_signs_of_life_come(database: DatabaseSettings) -> None:
    async with live(database, subscriptions={"keep_alive": 0.05}) as server:
        feed, only = server.application.events.feed, {"accept": "text/event-stream"}
        async with server.client.stream("POST", server.url, json={"query": ALL_TRACKS}, headers=only) as response:
            raw = response.aiter_raw()
            async with asyncio.timeout(PATIENCE):
                assert [await anext(raw) for _ in range(3)] == [b":\n\n"] * 3
            assert feed.followers == 1
        await until(lambda: feed.followers == 0)
