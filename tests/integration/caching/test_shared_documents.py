"""Documents that one process learned are known to all, and nobody is the worse for what Redis does or says."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from graphql_api.caching.breaker import Breaker
from graphql_api.caching.documents import LARGEST, SharedDocuments, shared_documents
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.execution.documents import Documents, id_of
from graphql_api.settings import GraphQLSettings, RedisSettings
from tests.integration.caching.test_failing_server import Talk, drip, nonsense, server, silence
from tests.servers.process import free_port
from tests.servers.valkey import clear, connected, running_valkey, url
from tests.support.caches import GENEROUS
from tests.support.events import until
from tests.support.server_process import serving
from tests.unit.http.client import post, serve

pytestmark = pytest.mark.usefixtures("fresh_logging")
PREFIX = "tests:documents:"
TEXT = "{ hello }"
BY_ID = {"documentId": id_of(TEXT)}
WITH_TEXT = {**BY_ID, "query": TEXT}
HELLO = {"data": {"hello": "hello you"}}
UNKNOWN = "PERSISTED_QUERY_NOT_FOUND"
TTL = 60.0


@dataclass
class Process:
    """An endpoint that remembers documents of its own, and shares them."""

    app: ASGIApp
    documents: Documents
    shared: SharedDocuments
    redis: GuardedRedis

    async def knows(self, text: str = TEXT) -> bool:
        return (await post(self.app, {"documentId": id_of(text)})).status == 200

    async def learn(self, text: str = TEXT) -> None:
        """Be sent a document with its id, and wait until Redis has it or will not."""
        assert (await post(self.app, {"documentId": id_of(text), "query": text})).status == 200
        await self.shared._errands.finish()


@asynccontextmanager
async def processes(
    url: str, count: int = 2, *, places: int = 4096, patience: float = GENEROUS, cluster: bool = False
) -> AsyncIterator[Sequence[Process]]:
    """Run several endpoints over one Redis."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            redis = GuardedRedis(url, patience, Breaker("shared documents"), cluster=cluster)
            shared = SharedDocuments(redis, PREFIX, places=places, seconds=TTL)
            stack.push_async_callback(shared.close)
            documents = Documents(learned=100, shared=shared)
            made.append(Process(serve(documents=documents).app, documents, shared, redis))
        yield made


@pytest.fixture(params=["server", "cluster"])
def address(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """Give the URL of a Redis, and whether that is a cluster."""
    if request.param == "server":
        return request.getfixturevalue("redis_url"), False
    return request.getfixturevalue("cluster_nodes")[0], True


async def test_what_one_process_learned_all_know(address: tuple[str, bool]) -> None:
    texts = [f"query A{number} {{ hello }}" for number in range(30)]
    async with processes(address[0], cluster=address[1]) as (first, second):
        for text in texts:
            assert not await second.knows(text)
            await first.learn(text)
        for _ in range(2):
            assert all([await second.knows(text) for text in texts])
        assert second.documents.told() == {"memory": 30, "shared": 30, "unknown": 30, "error": 0}
        assert first.documents.told()["error"] == 0


async def test_they_are_known_after_a_restart_and_for_so_long(redis_url: str) -> None:
    async with processes(redis_url, 1) as (first,):
        await first.learn()
    with connected(redis_url) as client:
        (key,) = client.scan_iter(match=f"{PREFIX}*")
        assert 0 < client.pttl(key) <= TTL * 1_000
        async with processes(redis_url, 1) as (later,):
            assert await later.knows()
        client.pexpire(key, 1)
        while client.exists(key):
            await asyncio.sleep(0.001)
    async with processes(redis_url, 1) as (later,):
        assert not await later.knows()


async def test_what_is_sent_again_and_again_is_stored_once(redis_url: str) -> None:
    async with processes(redis_url, 1) as (first,):
        await first.learn()
        with connected(redis_url) as client:
            client.flushdb()
            await first.learn()
            assert client.dbsize() == 0


async def test_only_what_is_valid_and_not_too_long_is_shared(redis_url: str) -> None:
    longest = TEXT + " " * (LARGEST - len(TEXT))
    async with processes(redis_url) as (first, second):
        await post(first.app, {"documentId": id_of("{ nothing }"), "query": "{ nothing }"})
        await first.learn(longest + " ")
        await first.shared._errands.finish()
        with connected(redis_url) as client:
            assert client.dbsize() == 0
        assert await first.knows(longest + " ")
        assert not await second.knows(longest + " ")
        await first.learn(longest)
        assert await second.knows(longest)


@given(texts=st.lists(st.text(min_size=1, max_size=20), max_size=30), places=st.integers(1, 20))
def test_there_are_never_more_than_there_are_places_and_what_is_found_is_what_was_asked_for(
    redis_server: str, texts: list[str], places: int
) -> None:
    clear(redis_server)

    async def share() -> None:
        async with processes(redis_server, places=places) as (first, second):
            for text in texts:
                first.shared.keep(id_of(text), text)
                await first.shared._errands.finish()
                assert await second.shared.find(id_of(text)) == text
            found = [await second.shared.find(id_of(text)) for text in texts]
        assert all(one in {None, text} for one, text in zip(found, texts, strict=True))
        with connected(redis_server) as client:
            keys = list(client.scan_iter(match=f"{PREFIX}*"))
            assert len(keys) <= places
            assert len(keys) == len({one for one in found if one is not None})

    asyncio.run(share())


@pytest.mark.parametrize("text", ["{ other: hello }", "{ hello } ", "", "\N{SNOWMAN}", "{" * 100_000])
async def test_what_lies_there_counts_only_if_it_has_the_hash(redis_url: str, text: str) -> None:
    async with processes(redis_url) as (first, second):
        await first.learn()
        with connected(redis_url) as client:
            (key,) = client.scan_iter(match=f"{PREFIX}*")
            client.set(key, text.encode("utf-16" if text == "\N{SNOWMAN}" else "utf-8"))
        reply = await post(second.app, BY_ID)
        assert (reply.status, reply.code) == (400, UNKNOWN)
        await second.learn()
        async with processes(redis_url, 1) as (third,):
            assert await third.knows()


async def test_something_else_under_the_key_fails_nobody(redis_url: str) -> None:
    async with processes(redis_url) as (first, second):
        await first.learn()
        with connected(redis_url) as client:
            (key,) = client.scan_iter(match=f"{PREFIX}*")
            client.delete(key)
            client.rpush(key, "not a text")
        assert (await post(second.app, BY_ID)).code == UNKNOWN
        assert (await post(second.app, WITH_TEXT)).json() == HELLO


@pytest.mark.parametrize("id", ["Hello", "sha256:abc", "sha256:" + "A" * 64, "other:" + "a" * 64, "a" * 64])
async def test_redis_is_not_asked_for_what_is_no_hash(redis_url: str, id: str) -> None:
    async with processes(redis_url, 1) as (first,):
        assert (await post(first.app, {"documentId": id})).code == UNKNOWN
        assert first.redis.client.connection_pool._available_connections == []


@pytest.mark.parametrize("talk", [silence, drip, nonsense, None])
async def test_without_redis_each_process_remembers_for_itself(talk: Talk | None) -> None:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(server(talk)) if talk else url(free_port())
        with capture_logs() as logs:
            first, second = await stack.enter_async_context(processes(address, patience=0.1))
            for _ in range(5):
                await first.learn()
                assert await first.knows()
                assert not await second.knows()
            assert second.documents.told()["error"] >= 3
    assert [one["event"] for one in logs if one["log_level"] == "warning"] == ["cache.failing"] * 2


async def test_a_redis_that_went_and_came_back_is_told_of_once_each(redis_url: str) -> None:
    port = free_port()
    breaker = Breaker("shared documents", patience=1, pause=0.01)
    redis = GuardedRedis(url(port), GENEROUS, breaker)
    shared = SharedDocuments(redis, PREFIX, places=10, seconds=TTL)
    with capture_logs() as logs:
        for _ in range(3):
            assert await shared.find(id_of(TEXT)) is None
        with running_valkey(port=port):
            while breaker.failing:
                assert await shared.find(id_of(TEXT)) is None
                await asyncio.sleep(0.005)
            shared.keep(id_of(TEXT), TEXT)
            await shared._errands.finish()
            assert await shared.find(id_of(TEXT)) == TEXT
    await shared.close()
    assert [one["event"] for one in logs] == ["cache.failing", "cache.recovered"]


async def test_a_full_redis_fails_nobody() -> None:
    with running_valkey(options=("--maxmemory", "1", "--maxmemory-policy", "noeviction")) as full:
        async with processes(full) as (first, second):
            for _ in range(5):
                await first.learn()
                assert await first.knows()
                assert not await second.knows()


@pytest.mark.parametrize(("redis", "graphql"), [({}, {}), ({"url": "redis://x/0"}, {"shared_documents": 0})])
def test_nothing_is_shared_unless_the_settings_say_where(redis: dict[str, str], graphql: dict[str, int]) -> None:
    assert shared_documents(RedisSettings.model_validate(redis), GraphQLSettings.model_validate(graphql)) is None


async def test_servers_share_what_they_learned(tmp_path: Path, redis_url: str) -> None:
    text = "{ __typename }"
    by_id = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id_of(text)[7:]}}}
    with (
        serving(tmp_path, "--port", "0", REDIS__URL=redis_url) as first,
        serving(tmp_path, "--port", "0", REDIS__URL=redis_url) as second,
        connected(redis_url) as redis,
    ):
        addresses = [await asyncio.to_thread(lambda server: server.url, one) for one in (first, second)]
        async with httpx2.AsyncClient(verify=False, timeout=60) as client:
            unknown = await client.post(addresses[1], json=by_id)
            assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
            answer = (await client.post(addresses[0], json={**by_id, "query": text})).json()
            assert answer == {"data": {"__typename": "Query"}}
            await until(lambda: list(redis.scan_iter(match="graphql-api:documents:*")))
            assert (await client.post(addresses[1], json=by_id)).json() == answer
            assert (await client.get(addresses[1], params={"documentId": id_of(text)})).json() == answer
