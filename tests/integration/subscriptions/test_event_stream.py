"""Subscriptions as server-sent events."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.settings import DatabaseSettings
from tests.integration.subscriptions.test_websocket import ALL_TRACKS, track
from tests.support.live import live

pytestmark = pytest.mark.usefixtures("engine")
FIRST = "subscription { trackChanged(first: 2) { track { name } } }"


def name(event: Any) -> str:
    found: str = json.loads(event["data"])["data"]["trackChanged"]["track"]["name"]
    return found


async def test_what_happens_after_the_answer_began_is_told_with_ids_to_go_on_from(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with live(database) as server:
        async with server.events(ALL_TRACKS) as events:
            await track(server, "a")
            first = await anext(events)
            assert (first["event"], name(first)) == ("next", "a")
        await track(server, "b")
        async with server.events(ALL_TRACKS, {"last-event-id": first["id"]}) as events:
            assert name(await anext(events)) == "b"
            await track(server, "c")
            assert name(await anext(events)) == "c"


async def test_a_stream_that_ends_says_so(engine: AsyncEngine, database: DatabaseSettings) -> None:
    async with live(database) as server, server.events(FIRST) as events:
        for each in "abc":
            await track(server, each)
        assert [(event["event"], event["data"][:20]) async for event in events] == [
            ("next", '{"data":{"trackChang'),
            ("next", '{"data":{"trackChang'),
            ("complete", ""),
        ]


async def test_a_query_comes_as_a_stream_only_where_that_is_preferred(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with live(database) as server:
        async with server.events("{ tracks { totalCount } }") as events:
            assert [event["event"] async for event in events] == ["next", "complete"]
        everything = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
        async with httpx2.AsyncClient() as client:
            body = {"query": "{ tracks { totalCount } }"}
            reply = await client.post(server.url, json=body, headers={"accept": everything})
            assert reply.json() == {"data": {"tracks": {"totalCount": 0}}}
            refused = await client.post(server.url, json={"query": FIRST})
            assert "text/event-stream" in refused.json()["errors"][0]["message"]
            only = {"accept": "text/event-stream"}
            assert (await client.post(server.url, json={"query": "{ x }"}, headers=only)).status_code == 400
            wrong = {**only, "last-event-id": "x"}
            assert (await client.post(server.url, json={"query": FIRST}, headers=wrong)).status_code == 400
            by_get = await client.get(server.url, params={"query": "mutation { __typename }"}, headers=only)
            assert by_get.status_code == 405


async def test_a_client_that_leaves_is_forgotten_and_signs_of_life_come(
    engine: AsyncEngine, database: DatabaseSettings
) -> None:
    async with live(database, subscriptions={"keep_alive": 0.1}) as server, httpx2.AsyncClient() as client:
        only = {"accept": "text/event-stream"}
        async with client.stream("POST", server.url, json={"query": ALL_TRACKS}, headers=only) as response:
            raw = response.aiter_raw()
            async with asyncio.timeout(10):
                assert [await anext(raw) for _ in range(3)] == [b":\n\n"] * 3
        await track(server, "a")
